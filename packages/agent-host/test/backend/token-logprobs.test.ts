import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chatChunk } from '../../src/backend/chat-chunk.ts'
import { createTurnReader } from '../../src/backend/turn-reader.ts'
import type { ModelEvent } from '../../src/core/events.ts'
import { dialectFor } from '../../src/dialects/registry.ts'

const tools = [{ name: 'look', parameters: { type: 'object', properties: {} } }]

interface Token {
  token: string
  logprob: number
  bytes: number[]
}

const toToken = (bytes: Buffer, i: number): Token => ({ token: bytes.toString(), logprob: -i, bytes: [...bytes] })

/** The text's bytes cut at these places, as tokens: a character may be in several. */
function tokensOf(text: string, cuts: readonly number[]): Token[] {
  const bytes = Buffer.from(text)
  const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].toSorted((a, b) => a - b)
  return places.slice(1).map((end, i) => toToken(bytes.subarray(places[i], end), i))
}

/** One chunk for each token, with as much of the text as is whole by then. */
function chunksOf(tokens: readonly Token[]): object[] {
  let sent = 0
  return tokens.map((token, i) => {
    const bytes = Buffer.concat(tokens.slice(0, i + 1).map((each) => Buffer.from(each.bytes)))
    const whole = bytes.toString().replace(/\uFFFD+$/, '')
    const content = whole.slice(sent)
    sent = whole.length
    return { index: 0, delta: { content }, logprobs: { content: [token] } }
  })
}

function read(choices: readonly object[]): ModelEvent[] {
  const dialect = dialectFor('Qwen/Qwen3-8B')
  const parser = dialect.createParser({ tools, newId: (index) => `call-${index}` })
  const reader = createTurnReader({ parser, newId: (index) => `made-${index}` })
  const parsed = chatChunk.parse({ choices }).choices
  return [...parsed.flatMap((choice) => reader.push(choice)), ...reader.end(undefined, 'stop')]
}

const textOf = (events: readonly ModelEvent[]): string =>
  events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : [])).join('')
const bytesOf = (events: readonly ModelEvent[]): Buffer =>
  Buffer.from(
    events.flatMap((event) =>
      (event.type === 'text-delta' ? (event.logprobs ?? []) : []).flatMap(({ bytes }) => bytes ?? []),
    ),
  )

const cuts = fc.array(fc.nat(200), { maxLength: 40 })
const word = fc.stringMatching(/^[a-z가-힣🙂 ]{1,12}$/u)

test.each(['streamed', 'whole'])('plain text keeps the log-probability of each of its tokens: %s', (how) => {
  fc.assert(
    fc.property(word, cuts, (text, places) => {
      const tokens = tokensOf(text, places)
      const whole = [{ index: 0, message: { content: text }, logprobs: { content: tokens } }]
      const events = read(how === 'whole' ? whole : chunksOf(tokens))
      expect(textOf(events)).toBe(text)
      expect(bytesOf(events).toString()).toBe(text)
    }),
  )
})

test('tokens of reasoning and calls in the text are left out, wherever it is cut', () => {
  const call = '<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>'
  fc.assert(
    fc.property(word, word, (before, after) => {
      // One token for each character, so that none is half of a call.
      const characters = Array.from(`<think>hm</think>${before}${call}${after}`)
      const tokens = characters.map((character, i) => toToken(Buffer.from(character), i))
      const events = read(chunksOf(tokens))
      expect(events.some(({ type }) => type === 'tool-call')).toBe(true)
      expect(bytesOf(events).toString()).toBe(textOf(events))
    }),
  )
})

test('tokens that a server sends for its own reasoning and calls are none of the text', () => {
  const [a, b, c] = ['hm', 'Hi', '{}'].map((text, i) => toToken(Buffer.from(text), i))
  const events = read([
    { index: 0, delta: { reasoning_content: 'hm' }, logprobs: { content: [a] } },
    { index: 0, delta: { content: 'Hi' }, logprobs: { content: [b] } },
    {
      index: 0,
      delta: { tool_calls: [{ index: 0, id: 'x', function: { name: 'look', arguments: '{}' } }] },
      logprobs: { content: [c] },
    },
    { index: 0, delta: { content: '' }, logprobs: { tokens: ['an older shape'] } },
  ])
  expect(events.flatMap((event) => (event.type === 'text-delta' ? (event.logprobs ?? []) : []))).toEqual([b])
})
