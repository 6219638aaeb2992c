import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEventData } from '../../src/backend/event-stream.ts'
import { runs } from '../../../../test/scale.ts'

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
  let start = 0
  for (const end of [...ends, bytes.length]) {
    yield bytes.subarray(start, end)
    start = end
  }
}

async function read(text: string, cuts: readonly number[] = []): Promise<string[]> {
  const events: string[] = []
  for await (const data of readEventData(pieces(Buffer.from(text), cuts))) events.push(data)
  return events
}

test.each([
  ['one event', 'data: a\n\n', ['a']],
  ['CRLF and lone CR', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
  ['no space after the colon, and two', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
  ['several lines of data', 'data: a\ndata:\ndata: b\n\n', ['a\n\nb']],
  ['comments, ids, names and retries', ': hi\n\nid: 1\nevent: x\nretry: 5\ndata: a\n\n:\n\n', ['a']],
  ['fields that nobody knows', 'datum: x\ndata: a\nnonsense\n\n', ['a']],
  ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
  ['a last event without its blank line', 'data: a\n\ndata: b\n', ['a', 'b']],
  ['a last event without its line end', 'data: a\n\ndata: b', ['a', 'b']],
  ['nothing at all', '', []],
  ['separators of lines elsewhere', 'data: a\u2028b\u0085c\n\n', ['a\u2028b\u0085c']],
])('%s', async (_, text, events) => {
  expect(await read(text)).toEqual(events)
  const everyByte = Array.from(Buffer.from(text), (_byte, i) => i)
  expect(await read(text, everyByte)).toEqual(events)
})

test('however the bytes are cut, the events are the same', async () => {
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
  const value = fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replaceAll(/[\r\n]/g, ' '))
  const line = fc.oneof(
    fc
      .tuple(fc.constantFrom('data: ', 'data:', 'data', 'id: ', 'event: ', ': ', ''), value)
      .map((parts) => parts.join('')),
    fc.constant(''),
  )
  const stream = fc.array(fc.tuple(line, lineEnd)).map((lines) => lines.flat().join(''))
  await fc.assert(
    fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 12 }), async (text, cuts) => {
      expect(await read(text, cuts)).toEqual(await read(text))
    }),
    { numRuns: runs(5000) },
  )
})

test('an event without an end cannot fill the memory', async () => {
  let sent = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('data: first\n\ndata: ')
    while (true) {
      sent++
      yield Buffer.alloc(1024 * 1024, 'x')
    }
  }
  const events: string[] = []
  await expect(async () => {
    for await (const data of readEventData(endless())) events.push(data)
  }).rejects.toMatchObject({ code: 'model_failed', message: expect.stringContaining('16 million') })
  expect(events).toEqual(['first'])
  expect(sent).toBeLessThan(20)
})
