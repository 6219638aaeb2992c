import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { createEventFrames, type EventFrame } from '../../src/proxy/event-frames.ts'

const line = fc.oneof(
  fc.constantFrom('data: [DONE]', 'data:x', 'data', 'data: ', ': ping', 'event: e', 'id: 7', 'dat: no', 'retry:1'),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => `data: ${JSON.stringify(text)}`),
)
const event = fc.array(line, { minLength: 1, maxLength: 3 })

function cut(bytes: Buffer, sizes: readonly number[]): EventFrame[] {
  const frames = createEventFrames()
  const found: EventFrame[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    found.push(...frames.push(bytes.subarray(at, at + size)))
    at += size
  }
  const rest = frames.end()
  return rest ? [...found, rest] : found
}

test('events are the same however their bytes arrive, and no byte is lost', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      sizes,
      (events, end, pieces) => {
        const text = events.map((lines) => lines.map((one) => one + end).join('') + end).join('')
        const bytes = Buffer.from(text)
        const found = cut(bytes, pieces)
        expect(Buffer.concat(found.map((frame) => frame.bytes)).equals(bytes)).toBe(true)
        expect(found.map(({ data }) => data)).toEqual(
          events.map((lines) => {
            const data = lines.filter((one) => one === 'data' || one.startsWith('data:'))
            return data.length === 0 ? undefined : data.map((one) => one.slice(5).replace(/^ /, '')).join('\n')
          }),
        )
      },
    ),
    { numRuns: runs(3000) },
  )
})

test('an event in one piece is not copied', () => {
  const bytes = Buffer.from('data: {"a":1}\n\n')
  expect(createEventFrames().push(bytes)[0]?.bytes).toBe(bytes)
})

test('an event without an end is refused before it fills the memory', () => {
  const frames = createEventFrames()
  const piece = Buffer.alloc(1024 * 1024, 'x')
  expect(() => {
    for (let at = 0; at < 40; at++) frames.push(piece)
  }).toThrow('an event of more than 33554432 bytes')
})
