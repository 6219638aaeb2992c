import { describe, expect, test } from 'vitest'
import type { AgentEvent, RunEnd } from '../../../../src/core/events.ts'
import {
  type ChatDelta,
  createChatWriter,
  type ChatWriterOptions,
} from '../../../../src/transports/openai/agent-chat/chat-writer.ts'

function write(events: readonly AgentEvent[], options: Partial<ChatWriterOptions> = {}) {
  let count = 0
  const newCallId = () => `shown_${++count}`
  const writer = createChatWriter({ activity: 'reasoning', answerOnly: false, newCallId, ...options })
  const deltas = events.flatMap((event) => writer.add(event))
  const joined = (field: 'content' | 'reasoning' | 'reasoning_content'): string =>
    deltas.map((delta: ChatDelta) => delta[field] ?? '').join('')
  return {
    writer,
    deltas,
    content: joined('content'),
    reasoning: joined('reasoning'),
    other: joined('reasoning_content'),
  }
}

const step = (number: number): AgentEvent => ({ type: 'step-start', step: number })
const text = (said: string): AgentEvent => ({ type: 'text-delta', index: 0, text: said })
const think = (thought: string): AgentEvent[] => [
  { type: 'reasoning-start', index: 0 },
  { type: 'reasoning-delta', index: 0, text: thought },
  { type: 'reasoning-end', index: 0 },
]
const call = { id: 'own', name: 'echo', arguments: '{"text":\n"hi"}' }
const start: AgentEvent = { type: 'tool-start', call }
const result = (said: string, isError = false): AgentEvent => ({
  type: 'tool-result',
  callId: 'own',
  name: 'echo',
  durationMs: 3,
  parts: [{ type: 'text', text: said }],
  isError,
})
const end = (reason: RunEnd, more: object = {}): AgentEvent => ({ type: 'run-end', reason, steps: 2, ...more })
const finish = (reason: 'stop' | 'length' | 'content-filter'): AgentEvent => ({ type: 'finish', reason })

describe('text and reasoning', () => {
  test('text of several turns is one text, its paragraphs apart', () => {
    const { content } = write([
      step(1),
      text('Let '),
      text('me.'),
      start,
      step(2),
      text('\n\n'),
      start,
      step(3),
      text('\n'),
      text('\n'),
      text('It '),
      text('is.'),
      end('answer'),
    ])
    expect(content).toBe('Let me.\n\nIt is.')
  })

  test('white space before a first text stays as it is', () => {
    const { content } = write([step(1), text('\n'), text('  code\n'), text('\n'), end('answer')])
    expect(content).toBe('\n  code\n\n')
  })

  test('reasoning and lines about tools stand under both names, each line of its own', () => {
    const { reasoning, other } = write([
      step(1),
      ...think('Hm.'),
      start,
      result('a\n  b'),
      step(2),
      ...think('So.\n'),
      end('answer'),
    ])
    expect(reasoning).toBe('Hm.\n> echo {"text": "hi"}\n< echo: a b\nSo.\n')
    expect(other).toBe(reasoning)
  })

  test('failures and calls that cannot be run are told, and long results cut', () => {
    const malformed: AgentEvent = { type: 'malformed-call', index: 0, id: 'x', raw: '{', problem: 'no end' }
    const { reasoning } = write([malformed, start, result('😀'.repeat(200), true)])
    expect(reasoning).toBe(`! a call that cannot be run: no end\n> echo {"text": "hi"}\n✗ echo: ${'😀'.repeat(100)}…\n`)
  })

  test('where the answer is to be JSON, what was said before it is no part of it', () => {
    const { content, reasoning } = write(
      [step(1), text('One moment.'), start, result('1'), step(2), text('{"a":'), text('1}'), end('answer')],
      {
        answerOnly: true,
      },
    )
    expect(content).toBe('{"a":1}')
    expect(reasoning).toBe('> echo {"text": "hi"}\n< echo: 1\nOne moment.\n')
  })

  test('none shows only what the model thought', () => {
    const { reasoning, deltas } = write([...think('Hm.'), start, result('1'), end('answer')], { activity: 'none' })
    expect(reasoning).toBe('Hm.\n')
    expect(deltas.every((delta) => delta.tool_calls === undefined)).toBe(true)
  })
})

/** A call of `echo` as the client sees it, and its result. */
const shown = (index: number) => ({
  tool_calls: [
    { index, id: `shown_${index + 1}`, type: 'function', function: { name: 'echo', arguments: call.arguments } },
  ],
})
const answered = (index: number, content: string, is_error: boolean) => ({
  tool_calls: [{ index, function: { arguments: '' }, result: { content, is_error, duration_ms: 3 } }],
})

describe('calls', () => {
  test('of the client are shown once the run waits for them, under ids of their own', () => {
    const pending = [
      { call: { id: 'functions.weather:0', name: 'weather', arguments: '{}' }, waitsFor: 'client' },
      { call, waitsFor: 'approval' },
    ]
    const early = write([{ type: 'tool-input-start', index: 0, id: 'functions.weather:0', name: 'weather' }])
    expect(early.deltas).toEqual([])
    const { deltas, writer } = write([end('parked', { pending })])
    expect(deltas).toEqual([
      { tool_calls: [{ index: 0, id: 'shown_1', type: 'function', function: { name: 'weather', arguments: '{}' } }] },
    ])
    expect(writer.calls).toEqual([['shown_1', 'functions.weather:0']])
    expect(writer.end().finishReason).toBe('tool_calls')
  })

  test('that were made here are shown with their results where that is asked for', () => {
    const { deltas, reasoning } = write([start, result('no', true), start, result('yes')], { activity: 'tool_calls' })
    expect(deltas).toEqual([shown(0), answered(0, 'no', true), shown(1), answered(1, 'yes', false)])
    expect(reasoning).toBe('')
  })
})

describe('the end', () => {
  test.each([
    ['answer', 'stop', 'stop'],
    ['answer', 'length', 'length'],
    ['answer', 'content-filter', 'content_filter'],
    ['step-limit', 'stop', 'length'],
    ['repeated-call', 'stop', 'length'],
  ] as const)('a run that ended with %s, its last turn with %s, is finished with %s', (reason, turn, finished) => {
    const { writer } = write([finish(turn), end(reason)])
    expect(writer.end()).toMatchObject({ finishReason: finished, reason, steps: 2 })
  })

  test.each([
    ['time-limit', 'longer than REQUEST_TIMEOUT'],
    ['cancelled', 'was cancelled'],
    ['error', 'failed'],
  ] as const)('a run that ended with %s has no finish reason', (reason, words) => {
    const { writer } = write([text('half'), end(reason)])
    expect(() => writer.end()).toThrow(words)
  })

  test('a failure is told in its own words', () => {
    const error = { code: 'model_failed', message: 'The model server is out of memory.' } as const
    const { writer } = write([{ type: 'error', error }, end('error')])
    expect(() => writer.end()).toThrow(expect.objectContaining(error))
  })

  test('a run that only waits for a person cannot be told as a chat completion', () => {
    const { writer } = write([end('parked', { pending: [{ call, waitsFor: 'approval' }] })])
    expect(() => writer.end()).toThrow('echo runs only once a person has approved it')
  })

  test('a log that ends early is a run that was cancelled', () => {
    expect(() => write([step(1)]).writer.end()).toThrow('was cancelled')
  })
})
