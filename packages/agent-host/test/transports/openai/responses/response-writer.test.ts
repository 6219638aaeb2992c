import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AgentEvent, RunEnd } from '../../../../src/core/events.ts'
import type { NamedTool } from '../../../../src/transports/openai/responses/named-tool.ts'
import type { ReasoningStyle } from '../../../../src/transports/openai/responses/reasoning-writer.ts'
import type { NumberedEvent } from '../../../../src/transports/openai/responses/response-events.ts'
import { toResponseObject } from '../../../../src/transports/openai/responses/response-object.ts'
import {
  createResponseWriter,
  type ResponseWriterOptions,
} from '../../../../src/transports/openai/responses/response-writer.ts'
import { runs } from '../../../../../../test/scale.ts'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'

const named = new Map<string, NamedTool>([
  ['get_weather', { kind: 'function', name: 'get_weather' }],
  ['shell__run', { kind: 'function', name: 'run', namespace: 'shell' }],
  ['apply_patch', { kind: 'custom', name: 'apply_patch' }],
  ['time_now', { kind: 'mcp', name: 'time_now', label: 'clock', asks: false }],
  ['http_request', { kind: 'mcp', name: 'http_request', label: 'web', asks: true }],
])

const response = toResponseObject({ id: `resp_${'a'.repeat(48)}`, model: 'm', created_at: 1, status: 'in_progress' })

function write(events: readonly AgentEvent[], options: Partial<ResponseWriterOptions> = {}): NumberedEvent[] {
  const writer = createResponseWriter({
    response,
    named,
    lists: [],
    warnings: [],
    style: 'reasoning_text',
    now: () => 2000,
    ...options,
  })
  return [...writer.start(), ...events.flatMap((event) => writer.add(event))]
}

function check(events: readonly NumberedEvent[]): Record<string, unknown> {
  const checker = createStreamChecker()
  for (const event of events) checker.add(event as unknown as StreamedEvent)
  return checker.end()
}

const text = (index: number, ...pieces: string[]): AgentEvent[] => [
  { type: 'text-start', index },
  ...pieces.map((piece): AgentEvent => ({ type: 'text-delta', index, text: piece })),
  { type: 'text-end', index },
]
const reasoning = (index: number, ...pieces: string[]): AgentEvent[] => [
  { type: 'reasoning-start', index },
  ...pieces.map((piece): AgentEvent => ({ type: 'reasoning-delta', index, text: piece })),
  { type: 'reasoning-end', index },
]
const call = (index: number, id: string, name: string, ...pieces: string[]): AgentEvent[] => [
  { type: 'tool-input-start', index, id, name },
  ...pieces.map((piece): AgentEvent => ({ type: 'tool-input-delta', index, text: piece })),
  { type: 'tool-input-end', index },
  { type: 'tool-call', index, id, name, arguments: pieces.join('') },
]
const ran = (id: string, name: string, said: string, isError = false): AgentEvent[] => [
  { type: 'tool-start', call: { id, name, arguments: '{}' } },
  { type: 'tool-result', callId: id, name, durationMs: 1, parts: [{ type: 'text', text: said }], isError },
]
const finish: AgentEvent = { type: 'finish', reason: 'stop' }
const end = (reason: RunEnd = 'answer'): AgentEvent => ({ type: 'run-end', reason, steps: 1 })

describe('the items of a Response', () => {
  test('an answer is one message with its text, and every key of the Response is there', () => {
    const last = check(write([...text(0, 'Hel', 'lo'), finish, end()]))
    expect(last).toMatchObject({
      status: 'completed',
      completed_at: 2,
      output: [
        {
          type: 'message',
          status: 'completed',
          phase: 'final_answer',
          content: [{ type: 'output_text', text: 'Hello' }],
        },
      ],
    })
    expect(Object.values(last).filter((value) => value === undefined)).toEqual([])
  })

  test('what was said before a call is commentary, and the call streams its arguments', () => {
    const events = write([
      ...text(0, 'Let me see.'),
      ...call(1, 'call_1', 'get_weather', '{"city":', '"서울"}'),
      finish,
      end('parked'),
    ])
    const last = check(events)
    expect(last.output).toMatchObject([
      { type: 'message', phase: 'commentary' },
      {
        type: 'function_call',
        call_id: 'call_1',
        name: 'get_weather',
        arguments: '{"city":"서울"}',
        status: 'completed',
      },
    ])
    expect(events.filter(({ type }) => type === 'response.function_call_arguments.delta')).toHaveLength(2)
  })

  test('a namespaced function and a custom tool get their own names and forms back', () => {
    const events = write([
      ...call(0, 'a', 'shell__run', '{}'),
      ...call(1, 'b', 'apply_patch', '{"input":"*** Begin"}'),
      finish,
      end('parked'),
    ])
    expect(check(events).output).toMatchObject([
      { type: 'function_call', name: 'run', namespace: 'shell' },
      { type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin' },
    ])
  })

  test('an MCP call carries its result, and a failed one its error', () => {
    const events = write([
      ...call(0, 'a', 'time_now', '{}'),
      ...call(1, 'b', 'time_now', '{"timezone":"x"}'),
      finish,
      ...ran('a', 'time_now', 'noon'),
      ...ran('b', 'time_now', 'no such zone', true),
      ...text(0, 'It is noon.'),
      finish,
      end(),
    ])
    expect(check(events).output).toMatchObject([
      { type: 'mcp_call', server_label: 'clock', name: 'time_now', output: 'noon', status: 'completed' },
      { type: 'mcp_call', status: 'failed', output: null, error: { type: 'mcp_tool_execution_error' } },
      { type: 'message' },
    ])
  })

  test('a call that needs an approval is asked about, and runs in the next Response', () => {
    const asking = write([...call(0, 'a', 'http_request', '{"url":"x"}'), finish, end('parked')])
    expect(check(asking).output).toMatchObject([
      { type: 'mcp_approval_request', server_label: 'web', name: 'http_request', arguments: '{"url":"x"}' },
    ])
    const approvals = new Map([['a', 'mcpr_1']])
    const running = write([...ran('a', 'http_request', 'ok'), ...text(0, 'Done.'), finish, end()], { approvals })
    expect(check(running).output).toMatchObject([
      { type: 'mcp_call', approval_request_id: 'mcpr_1', output: 'ok' },
      { type: 'message' },
    ])
  })

  test('what is missing is told first, and the tools of each server are listed', () => {
    const lists = [
      { label: 'clock', tools: [] },
      { label: 'web', tools: [], error: 'it does not answer' },
    ]
    const events = write([...text(0, 'Hi'), finish, end()], { lists, warnings: ['web_search is not here.'] })
    expect(check(events).output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'web_search is not here.' }] },
      { type: 'mcp_list_tools', server_label: 'clock' },
      { type: 'mcp_list_tools', server_label: 'web', error: 'it does not answer' },
      { type: 'message' },
    ])
  })

  test.each<[ReasoningStyle, string, object]>([
    ['reasoning_text', 'response.reasoning_text.delta', { summary: [], content: [{ text: 'Hm.' }] }],
    ['reasoning', 'response.reasoning.delta', { summary: [], content: [{ text: 'Hm.' }] }],
    ['summary', 'response.reasoning_summary_text.delta', { summary: [{ text: 'Hm.' }] }],
  ])('reasoning is streamed in the style that was asked for: %s', (style, type, item) => {
    const events = write([...reasoning(0, 'H', 'm.'), ...text(1, 'Yes.'), finish, end()], { style })
    expect(events.filter((event) => event.type === type)).toHaveLength(2)
    expect(check(events).output).toMatchObject([{ type: 'reasoning', ...item }, { type: 'message' }])
  })

  test('sealed reasoning goes to clients that keep the conversation', () => {
    const events = write([...reasoning(0, 'Hm.'), ...text(1, 'Yes.'), finish, end()], {
      seal: (thought) => `sealed ${thought.length}`,
    })
    expect(check(events).output).toMatchObject([{ encrypted_content: 'sealed 3' }, {}])
  })

  test('a call that cannot be run stays incomplete, with what the model wrote', () => {
    const events = write([
      { type: 'tool-input-start', index: 0, id: 'a', name: 'get_weather' },
      { type: 'tool-input-delta', index: 0, text: '{"ci' },
      { type: 'tool-input-end', index: 0 },
      { type: 'malformed-call', index: 0, id: 'a', name: 'get_weather', raw: '{"ci', problem: 'cut off' },
      { type: 'finish', reason: 'length' },
      end('answer'),
    ])
    expect(check(events)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'function_call', status: 'incomplete', arguments: '{"ci' }],
    })
  })
})

test.each<[string, AgentEvent[], object]>([
  [
    'a filter',
    [{ type: 'finish', reason: 'content-filter' }, end()],
    { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  ],
  [
    'a limit of ours',
    [finish, end('step-limit')],
    { status: 'incomplete', incomplete_details: { reason: 'step-limit' } },
  ],
  ['a cancel', [end('cancelled')], { status: 'cancelled' }],
  [
    'a failure',
    [{ type: 'error', error: { code: 'model_unreachable', message: 'Nobody is there.' } }, end('error')],
    { status: 'failed', error: { code: 'server_error', message: 'Nobody is there.' } },
  ],
])('%s in the middle of a text ends the stream well', (_name, ending, expected) => {
  const started: AgentEvent[] = [
    { type: 'text-start', index: 0 },
    { type: 'text-delta', index: 0, text: 'Hel' },
  ]
  const last = check(write([...started, ...ending]))
  expect(last).toMatchObject({ ...expected, output: [{ content: [{ text: 'Hel' }] }] })
})

const piece = fc.string({ minLength: 1, maxLength: 6 })
const block = fc.oneof(
  fc.array(piece, { maxLength: 3 }).map((pieces) => (index: number) => text(index, ...pieces)),
  fc.array(piece, { maxLength: 3 }).map((pieces) => (index: number) => reasoning(index, ...pieces)),
  fc.tuple(fc.constantFrom(...named.keys(), 'unknown'), fc.array(piece, { maxLength: 3 })).map(
    ([name, pieces]) =>
      (index: number) =>
        call(index, `call_${index}`, name, ...pieces),
  ),
)
const turnFrom = (first: number) =>
  fc.array(block, { maxLength: 5 }).map((blocks) => [...blocks.flatMap((make, i) => make(first + i)), finish])
const turn = turnFrom(0)
const cut = fc.nat({ max: 60 })

test('no stream that a run can make, cut anywhere, is one that a client would choke on', () => {
  fc.assert(
    fc.property(
      fc.tuple(turn, turnFrom(10), turnFrom(20)),
      cut,
      fc.constantFrom<RunEnd>('answer', 'parked', 'cancelled', 'error'),
      (turns, at, reason) => {
        const events = turns.flat().slice(0, at)
        expect(check(write([...events, end(reason)]))).toHaveProperty('status')
      },
    ),
    { numRuns: runs(2000) },
  )
})

test('the same events give the same stream, ids and all', () => {
  fc.assert(
    fc.property(turn, (events) => {
      expect(write([...events, end()])).toEqual(write([...events, end()]))
    }),
    { numRuns: runs(200) },
  )
})
