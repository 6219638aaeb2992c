import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { runAgent } from '../../src/agent/agent-loop.ts'
import { createCapabilityMemory } from '../../src/backend/capabilities.ts'
import { createModelServer } from '../../src/backend/model-server.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { textMessage } from '../../src/core/message.ts'
import { catalogTool, said } from '../agent/catalog-tool.ts'
import { type Answer, type Reply, startFakeModelServer } from '../support/fake-model-server.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const model = 'openai/gpt-oss-20b'
const harmonyCall = (text: string): string =>
  `<|channel|>commentary to=functions.echo <|constrain|>json<|message|>${JSON.stringify({ text })}<|call|>`

/** A reply, and the text that it asks to echo, if it does. */
interface Planned {
  reply: Reply
  text?: string
}

const word = fc.string({ unit: 'grapheme', maxLength: 12 })
const answer: fc.Arbitrary<{ reply: Answer; text?: string }> = fc.oneof(
  word.map((text) => ({ reply: { text: `<|channel|>final<|message|>${text}` } })),
  word.map((text) => ({ text, reply: { text: harmonyCall(text) } })),
  word.map((text) => ({ text, reply: { toolCalls: [{ name: 'echo', arguments: { text } }] } })),
  word.map((text) => ({ text, reply: { functionCall: { name: 'echo', arguments: { text } } } })),
)
const delivered: fc.Arbitrary<Planned> = fc
  .tuple(
    answer,
    fc.record(
      {
        split: fc.integer({ min: 1, max: 7 }),
        bytesPerWrite: fc.integer({ min: 1, max: 50 }),
        lineEnd: fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const),
        heartbeat: fc.boolean(),
        multiLine: fc.boolean(),
        done: fc.boolean(),
        neverStreams: fc.boolean(),
        finishReason: fc.constantFrom('stop', 'tool_calls', 'length', 'content_filter', 'eos'),
        fault: fc.record({
          kind: fc.constantFrom('drop' as const, 'end' as const, 'bad-json' as const, 'error' as const),
          after: fc.nat({ max: 20 }),
        }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([{ reply, ...planned }, delivery]) => ({ ...planned, reply: { ...reply, ...delivery } }))
const failure: fc.Arbitrary<Planned> = fc
  .oneof<fc.Arbitrary<Reply>[]>(
    fc.record({
      status: fc.constantFrom(400, 401, 404, 422, 500, 501),
      message: fc.constantFrom('', 'tools?', 'context length'),
    }),
    fc.constant({ status: 429, retryAfter: 0 }),
    fc.constant({ noReply: 'drop' }),
  )
  .map((reply) => ({ reply }))
const plans = fc.array(fc.oneof({ weight: 4, arbitrary: delivered }, failure), { maxLength: 6 })

/** What a run of these replies did; once they are used up, the model answers. */
async function play(plan: readonly Planned[]): Promise<{ events: AgentEvent[]; executed: string[] }> {
  const executed: string[] = []
  const echo = catalogTool('echo', async ({ text }) => {
    executed.push(String(text))
    return said(String(text))
  })
  await using fake = await startFakeModelServer({ models: [model], reply: { text: '<|channel|>final<|message|>End.' } })
  fake.script(...plan.map(({ reply }) => reply))
  const server = createModelServer({ url: fake.url, timeoutMs: 10_000 })
  const capabilities = createCapabilityMemory().of(fake.url, model)
  const limits = { maxSteps: 8, parallelToolCalls: false, toolTimeoutMs: 5000, timeBudgetMs: 30_000 }
  const options = { ...limits, server, model, capabilities, tools: [echo], log }
  const events: AgentEvent[] = []
  for await (const event of runAgent({ messages: [textMessage('msg_1', 'user', 'Go.')] }, options)) events.push(event)
  await server.close()
  return { events, executed }
}

const countOf = (events: readonly AgentEvent[], type: AgentEvent['type']): number =>
  events.filter((event) => event.type === type).length

test('whatever a model server does, a run ends once, in order, and runs each whole call once', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { events, executed } = await play(plan)
      expect(events[0]?.type).toBe('run-start')
      expect(events.at(-1)?.type).toBe('run-end')
      expect(countOf(events, 'run-end')).toBe(1)
      expect(countOf(events, 'error')).toBeLessThanOrEqual(1)
      expect(countOf(events, 'tool-start')).toBe(countOf(events, 'tool-result'))
      expect(countOf(events, 'tool-result')).toBe(executed.length)
      expect(executed.length).toBeLessThanOrEqual(countOf(events, 'tool-call'))
      expect(plan.map(({ text }) => text)).toEqual(expect.arrayContaining(executed))
    }),
    { numRuns: runs(2000) },
  )
})
