import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Channel, createChannel } from '../../src/core/channel.ts'
import { runs } from '../../../../test/scale.ts'

async function read<Value>(channel: Channel<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of channel) values.push(value)
  return values
}

test('whenever values are sent, they are read in order and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat())), fc.boolean(), async (batches, readsFirst) => {
      const channel = createChannel<number>()
      const early = readsFirst ? read(channel) : undefined
      for (const batch of batches) {
        for (const value of batch) channel.send(value)
        await Promise.resolve()
      }
      channel.close()
      expect(await (early ?? read(channel))).toEqual(batches.flat())
    }),
    { numRuns: runs(2000) },
  )
})

test('what was sent before a failure is read before it is thrown', async () => {
  const channel = createChannel<number>()
  channel.send(1)
  channel.close(new Error('broken'))
  const values: number[] = []
  await expect(async () => {
    for await (const value of channel) values.push(value)
  }).rejects.toThrow('broken')
  expect(values).toEqual([1])
})

test('a value that is sent while another is being read is read too', async () => {
  const channel = createChannel<number>()
  channel.send(1)
  const values: number[] = []
  for await (const value of channel) {
    values.push(value)
    if (value === 1) {
      channel.send(2)
      channel.close()
    }
  }
  expect(values).toEqual([1, 2])
})
