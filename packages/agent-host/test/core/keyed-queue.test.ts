import { expect, test } from 'vitest'
import { createKeyedQueue } from '../../src/core/keyed-queue.ts'

test('works of one key wait for each other, also for one that fails, and those of another do not', async () => {
  const queue = createKeyedQueue()
  const order: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = queue.run('a', async () => {
    await gate.promise
    order.push('a1')
    throw new Error('failed')
  })
  const second = queue.run('a', async () => order.push('a2'))
  await queue.run('b', async () => order.push('b1'))
  gate.resolve()
  await expect(first).rejects.toThrow('failed')
  await second
  expect(order).toEqual(['b1', 'a1', 'a2'])
})

test('it is idle once all has ended', async () => {
  const queue = createKeyedQueue()
  let ended = 0
  for (const key of ['a', 'a', 'b']) void queue.run(key, async () => void ended++)
  await queue.idle()
  expect(ended).toBe(3)
})
