import { expect, test } from 'vitest'
import { createMemoryStepStore, type HiddenSteps } from '../../src/agent/hidden-steps.ts'
import { textMessage } from '../../src/core/message.ts'

const steps = (name: string, length = 1): HiddenSteps => ({
  calls: [
    [`${name}_1`, 'own_1'],
    [`${name}_2`, 'own_2'],
  ],
  messages: [textMessage('msg', 'assistant', name.repeat(length))],
})

test('steps are found by any of their calls, as they were', async () => {
  const store = createMemoryStepStore()
  await store.put(steps('a'))
  await store.put(steps('b'))
  expect(await store.get('a_1')).toEqual(steps('a'))
  expect(await store.get('a_2')).toEqual(steps('a'))
  expect(await store.get('b_2')).toEqual(steps('b'))
  expect(await store.get('own_1')).toBeUndefined()
})

test('steps go some time after they were last asked for', async () => {
  let now = 0
  const store = createMemoryStepStore({ keepMs: 100, now: () => now })
  await store.put(steps('a'))
  await store.put(steps('b'))
  now = 90
  expect(await store.get('a_1')).toBeDefined()
  now = 150
  expect(await store.get('b_1')).toBeUndefined()
  expect(await store.get('a_1')).toBeDefined()
})

test('those that were not asked for longest make room, and what is too long is not kept', async () => {
  const store = createMemoryStepStore({ most: 3 * JSON.stringify(steps('a')).length })
  for (const name of ['a', 'b', 'c']) await store.put(steps(name))
  await store.get('a_1')
  await store.put(steps('d'))
  const kept = async (name: string): Promise<boolean> => (await store.get(`${name}_1`)) !== undefined
  expect([await kept('a'), await kept('b'), await kept('c'), await kept('d')]).toEqual([true, false, true, true])
  await store.put(steps('e', 10_000))
  expect(await kept('e')).toBe(false)
})
