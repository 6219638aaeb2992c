import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AgentEvent } from '../../../../src/core/events.ts'
import { toolActivities } from '../../../../src/core/tool-activity.ts'
import { createChatWriter } from '../../../../src/transports/openai/agent-chat/chat-writer.ts'
import {
  toChunk,
  toCompletion,
  toFirstChunk,
  toLastChunks,
} from '../../../../src/transports/openai/agent-chat/completion.ts'
import { assembleStream, assembleWhole } from '../../../support/chat-stream.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 8 })
const name = fc.constantFrom('echo', 'fail')

/** What one turn says and does here. */
const turn = fc
  .record({
    thought: text,
    said: fc.array(text, { maxLength: 3 }),
    calls: fc.array(fc.tuple(name, text), { maxLength: 2 }),
  })
  .map(({ thought, said, calls }): AgentEvent[] => [
    { type: 'step-start', step: 1 },
    { type: 'reasoning-delta', index: 0, text: thought },
    { type: 'reasoning-end', index: 0 },
    ...said.map((piece): AgentEvent => ({ type: 'text-delta', index: 1, text: piece })),
    ...calls.flatMap(([tool, result], i): AgentEvent[] => [
      { type: 'tool-start', call: { id: `c${i}`, name: tool, arguments: '{}' } },
      {
        type: 'tool-result',
        callId: `c${i}`,
        name: tool,
        durationMs: 1,
        parts: [{ type: 'text', text: result }],
        isError: tool === 'fail',
      },
    ]),
  ])

const run = fc.record({
  turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
  pending: fc.array(name, { maxLength: 2 }),
  activity: fc.constantFrom(...toolActivities),
  answerOnly: fc.boolean(),
})

test('a streamed answer comes to the same as the whole one', () => {
  fc.assert(
    fc.property(run, ({ turns, pending, activity, answerOnly }) => {
      let count = 0
      const writer = createChatWriter({ activity, answerOnly, newCallId: () => `call_${++count}` })
      const calls = pending.map((tool, i) => ({ id: `p${i}`, name: tool, arguments: '{}' }))
      const end: AgentEvent = {
        type: 'run-end',
        reason: calls.length > 0 ? 'parked' : 'answer',
        steps: turns.length,
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, cachedInputTokens: 1, reasoningTokens: 1 },
        pending: calls.map((call) => ({ call, waitsFor: 'client' })),
      }
      const deltas = [...turns.flat(), end].flatMap((event) => writer.add(event))
      const head = { runId: 'run_1', model: 'm', created: 1 }
      const chunks = [
        toFirstChunk(head),
        ...deltas.map((delta) => toChunk(head, delta)),
        ...toLastChunks(head, writer.end(), true),
      ]
      const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
      const streamed = assembleStream(`${events}data: [DONE]\n\n`)
      const whole = JSON.parse(JSON.stringify(toCompletion(head, deltas, writer.end()))) as { usage: unknown }
      expect(streamed.choices).toEqual(assembleWhole(whole))
      expect(streamed.usage).toEqual(whole.usage)
      expect(chunks.every(({ id, model }) => id === 'chatcmpl-1' && model === 'agent/m')).toBe(true)
    }),
  )
})
