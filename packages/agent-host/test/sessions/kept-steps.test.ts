import { expect, test } from 'vitest'
import type { HiddenSteps } from '../../src/agent/hidden-steps.ts'
import { createId } from '../../src/core/ids.ts'
import { textMessage } from '../../src/core/message.ts'
import { createKeptSteps } from '../../src/sessions/kept-steps.ts'
import { createMemoryRecordStore } from '../../src/sessions/memory/record-store.ts'
import type { RecordStore } from '../../src/sessions/record-store.ts'

const steps = (...shown: string[]): HiddenSteps => ({
  calls: shown.map((id, i) => [id, `own_${i}`]),
  messages: [textMessage('msg', 'assistant', 'x')],
})

/** Records, and how often one was put or asked for. */
function countedRecords(): { records: RecordStore; puts: string[]; gets: string[] } {
  const records = createMemoryRecordStore()
  const puts: string[] = []
  const gets: string[] = []
  return {
    puts,
    gets,
    records: {
      ...records,
      async put(kind, id, record) {
        puts.push(id)
        await records.put(kind, id, record)
      },
      async get(kind, id) {
        gets.push(id)
        return await records.get(kind, id)
      },
    },
  }
}

test('steps are found by any of their calls, as they were, and put again only while they are asked for', async () => {
  const { records, puts } = countedRecords()
  let now = 0
  const store = createKeptSteps(records, () => now)
  const [first, second, other] = [createId('call'), createId('call'), createId('call')]
  await store.put(steps(first, second))
  await store.put(steps(other))
  expect(await store.get(first)).toEqual(steps(first, second))
  expect(await store.get(second)).toEqual(steps(first, second))
  expect(await store.get(other)).toEqual(steps(other))
  expect(puts).toEqual([first, second, other])
  now = 2 * 3_600_000
  await store.get(second)
  await store.get(second)
  expect(puts.slice(3)).toEqual([first, second])
})

test('calls that others made are not looked for, whatever their ids', async () => {
  const { records, gets } = countedRecords()
  const store = createKeptSteps(records)
  for (const id of ['', 'own_1', 'call_1', '../x', `call_${'0'.repeat(25)}`, 'x'.repeat(500)]) {
    expect(await store.get(id)).toBeUndefined()
  }
  expect(gets).toEqual([])
  expect(await store.get(createId('call'))).toBeUndefined()
  expect(gets).toHaveLength(1)
})

test('steps that were showing nothing to come back to are not kept', async () => {
  const { records, puts } = countedRecords()
  await createKeptSteps(records).put(steps())
  expect(puts).toEqual([])
})
