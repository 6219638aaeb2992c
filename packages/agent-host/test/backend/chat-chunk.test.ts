import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chatChunk, isPlainChunk } from '../../src/backend/chat-chunk.ts'
import { runs } from '../../../../test/scale.ts'

const odd = fc.constantFrom<unknown>(undefined, null, 'text', '', 0, 7, true, {}, [], [{}], { content: 'x' })
const mostly = (usual: unknown): fc.Arbitrary<unknown> => fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, odd)

const call = fc.record({
  index: mostly(0),
  id: mostly('call_1'),
  function: fc.oneof({ weight: 6, arbitrary: fc.record({ name: mostly('f'), arguments: mostly('{"') }) }, odd),
})
const delta = fc.record({
  role: mostly('assistant'),
  content: mostly('서울'),
  reasoning: mostly(undefined),
  reasoning_content: mostly(null),
  refusal: mostly(undefined),
  annotations: mostly(undefined),
  tool_calls: fc.oneof({ weight: 4, arbitrary: fc.array(call, { maxLength: 2 }) }, mostly(undefined)),
  function_call: mostly(null),
})
const choice = fc.record({
  index: mostly(0),
  delta: fc.oneof({ weight: 6, arbitrary: delta }, odd),
  message: mostly(undefined),
  logprobs: mostly(null),
  finish_reason: mostly(null),
})
const chunk = fc.record({
  id: mostly('chatcmpl-1'),
  choices: fc.oneof({ weight: 6, arbitrary: fc.array(choice, { maxLength: 2 }) }, odd),
  usage: mostly(null),
  error: mostly(undefined),
})

test('what is passed by as plain is what the schema gives back unchanged', () => {
  fc.assert(
    fc.property(chunk, (value) => {
      fc.pre(isPlainChunk(value))
      expect(chatChunk.parse(value)).toEqual(value)
    }),
    { numRuns: runs(1000) },
  )
})

const toChunk = (fields: object, more = {}) => ({ choices: [{ index: 0, delta: fields, ...more }] })

test('a piece of text or of a call is plain, and whatever else is read is not', () => {
  const text = { content: 'Hi' }
  expect(isPlainChunk(toChunk(text, { finish_reason: null }))).toBe(true)
  expect(isPlainChunk(toChunk({ tool_calls: [{ index: 0, function: { arguments: '"x' } }] }))).toBe(true)
  const others = [
    toChunk({ content: [{ type: 'text', text: 'Hi' }] }),
    toChunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: { x: 1 } } }] }),
    toChunk(text, { logprobs: { content: [] } }),
    { ...toChunk(text), usage: { prompt_tokens: 1 } },
    { ...toChunk(text), error: 'out of memory' },
    { error: 'out of memory' },
  ]
  expect(others.filter(isPlainChunk)).toEqual([])
})
