import { describe, expect, test } from 'vitest'
import { createTurnReader } from '../../src/backend/turn-reader.ts'
import { chatChunk } from '../../src/backend/chat-chunk.ts'
import { createPlainParser } from './plain-parser.ts'
import { readTurn } from './read-turn.ts'

test('reasoning, then text: blocks open and close around them, and the raw text is kept', () => {
  const deltas = [
    { role: 'assistant', content: '' },
    { reasoning: 'hm' },
    { reasoning: ' m' },
    { content: 'Hi' },
    { content: '!' },
  ]
  expect(readTurn(deltas, { finish: 'stop' })).toEqual([
    { type: 'reasoning-start', index: 0 },
    { type: 'reasoning-delta', index: 0, text: 'hm' },
    { type: 'reasoning-delta', index: 0, text: ' m' },
    { type: 'reasoning-end', index: 0 },
    { type: 'text-start', index: 1 },
    { type: 'text-delta', index: 1, text: 'Hi', range: { start: 0, end: 2 } },
    { type: 'text-delta', index: 1, text: '!', range: { start: 0, end: 1 } },
    { type: 'raw-delta', text: 'Hi!' },
    { type: 'text-end', index: 1 },
    { type: 'finish', reason: 'stop', raw: 'stop' },
  ])
})

test.each([
  ['reasoning', { reasoning: 'hm' }],
  ['reasoning_content', { reasoning_content: 'hm' }],
  ['both, the same', { reasoning: 'hm', reasoning_content: 'hm' }],
  ['both, one of them empty', { reasoning: '', reasoning_content: 'hm' }],
  ['a thinking part', { content: [{ type: 'thinking', thinking: 'hm' }] }],
  [
    'thinking parts of parts',
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'h' }, { text: 'm' }] }] },
  ],
])('reasoning is read from %s', (_, delta) => {
  expect(readTurn([delta], { finish: 'stop' })).toEqual([
    { type: 'reasoning-start', index: 0 },
    { type: 'reasoning-delta', index: 0, text: 'hm' },
    { type: 'reasoning-end', index: 0 },
    { type: 'finish', reason: 'stop', raw: 'stop' },
  ])
})

test('reasoning after text opens another block, and a call ends it', () => {
  const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }
  const events = readTurn([{ reasoning: 'x' }, { content: 'y' }, { reasoning: 'z' }, call], { finish: 'tool_calls' })
  expect(events.flatMap((event) => ('index' in event ? `${event.type} ${event.index}` : []))).toEqual([
    'reasoning-start 0',
    'reasoning-delta 0',
    'reasoning-end 0',
    'text-start 1',
    'text-delta 1',
    'reasoning-start 2',
    'reasoning-delta 2',
    'reasoning-end 2',
    'tool-input-start 3',
    'tool-input-delta 3',
    'text-end 1',
    'tool-input-end 3',
    'tool-call 3',
  ])
})

test('long raw text is given in pieces, and what is held of it when the stream breaks off', () => {
  const reader = createTurnReader({ parser: createPlainParser(), newId: String })
  const push = (content: string) => {
    const { choices } = chatChunk.parse({ choices: [{ delta: { content } }] })
    return choices.flatMap((choice) => reader.push(choice))
  }
  const events = [...push('a'.repeat(1023)), ...push('b'), ...push('c'), ...reader.rest(), ...reader.rest()]
  const raw = events.flatMap((event) => (event.type === 'raw-delta' ? [event.text] : []))
  expect(raw).toEqual([`${'a'.repeat(1023)}b`, 'c'])
})

test('a refusal is a block of its own', () => {
  expect(readTurn([{ refusal: 'No' }, { refusal: '.' }], { finish: 'content_filter' })).toEqual([
    { type: 'refusal-start', index: 0 },
    { type: 'refusal-delta', index: 0, text: 'No' },
    { type: 'refusal-delta', index: 0, text: '.' },
    { type: 'refusal-end', index: 0 },
    { type: 'finish', reason: 'content-filter', raw: 'content_filter' },
  ])
})

test('content as parts is one text, and annotations refer to it', () => {
  const citation = { type: 'url_citation', url_citation: { url: 'https://a.test', start_index: 0 } }
  const events = readTurn([
    { reasoning: 'hm' },
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      annotations: [citation],
    },
  ])
  expect(events).toContainEqual({ type: 'raw-delta', text: 'ab' })
  expect(events).toContainEqual({ type: 'annotation', annotation: citation, index: 1 })
  expect(events).toContainEqual(expect.objectContaining({ type: 'text-delta', index: 1, text: 'ab' }))
})

test('a whole answer gives what a streamed one gives', () => {
  const message = {
    role: 'assistant',
    content: 'Hi',
    reasoning_content: 'hm',
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
  }
  const reader = createTurnReader({ parser: createPlainParser(), newId: String })
  const { choices } = chatChunk.parse({ choices: [{ message, finish_reason: 'tool_calls' }] })
  const whole = [...choices.flatMap((choice) => reader.push(choice)), ...reader.end(undefined)]
  expect(whole).toEqual(readTurn([message], { finish: 'tool_calls' }))
  expect(whole).toContainEqual(expect.objectContaining({ type: 'tool-call', arguments: '{"x":1}' }))
})

test('the parser says when nothing that follows can matter', () => {
  const reader = createTurnReader({ parser: createPlainParser(), newId: String })
  const push = (content: string): void => {
    const { choices } = chatChunk.parse({ choices: [{ delta: { content } }] })
    for (const choice of choices) reader.push(choice)
  }
  push('a')
  expect(reader.done).toBe(false)
  push('§')
  expect(reader.done).toBe(true)
})

describe('the end', () => {
  test.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['error', 'error'],
    ['abort', 'cancelled'],
  ])('%s is %s', (raw, reason) => {
    expect(readTurn([{ content: 'x' }], { finish: raw }).at(-1)).toEqual({ type: 'finish', reason, raw })
  })

  test('without a reason is a stop, unless the reader of the stream knows better', () => {
    expect(readTurn([], { finish: null })).toEqual([{ type: 'finish', reason: 'stop' }])
    expect(readTurn([], { finish: null, how: 'error' })).toEqual([{ type: 'finish', reason: 'error' }])
  })

  test.each([
    [
      { prompt_tokens: 5, completion_tokens: 3, total_tokens: 9 },
      { inputTokens: 5, outputTokens: 3, totalTokens: 9 },
    ],
    [{ prompt_tokens: 5 }, { inputTokens: 5, outputTokens: 0, totalTokens: 5 }],
    [
      { prompt_tokens: null, completion_tokens: 2, total_tokens: null },
      { inputTokens: 0, outputTokens: 2, totalTokens: 2 },
    ],
    [
      {
        prompt_tokens: 5,
        completion_tokens: 3,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
      { inputTokens: 5, outputTokens: 3, totalTokens: 8, cachedInputTokens: 4, reasoningTokens: 0 },
    ],
    [
      { prompt_tokens: 5, completion_tokens: 3, prompt_tokens_details: null, completion_tokens_details: null },
      { inputTokens: 5, outputTokens: 3, totalTokens: 8 },
    ],
  ])('usage %j', (usage, expected) => {
    expect(readTurn([], { finish: 'stop', usage }).at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      raw: 'stop',
      usage: expected,
    })
  })
})
