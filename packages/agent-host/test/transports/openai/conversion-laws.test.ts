import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runs } from '../../../../../test/scale.ts'
import type { ModelEvent } from '../../../src/core/events.ts'
import type { ToolSpec } from '../../../src/core/tool.ts'
import { dialectFor } from '../../../src/dialects/registry.ts'
import { toolsOf } from '../../dialects/fitting-tools.ts'
import { prose, sizes, wildText } from '../../dialects/texts.ts'
import { callsOf } from '../../dialects/written-calls.ts'
import { writeTurn } from '../../dialects/written-turns.ts'
import { assembleStream, assembleWhole } from '../../support/chat-stream.ts'
import { type OpenedProxy, openProxy } from '../../support/open-proxy.ts'

const models = [
  'some-model',
  'openai/gpt-oss-20b',
  'Qwen/Qwen2.5-7B-Instruct',
  'zai-org/GLM-4.5',
  'meta-llama/Llama-3.1-8B',
]
const model = fc.constantFrom(...models)
const someTools: ToolSpec[] = [
  { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  { name: 'get_time', parameters: { type: 'object' } },
]

let proxied: OpenedProxy
beforeAll(async () => {
  proxied = await openProxy({ models, rendersTools: 'none' })
})
afterAll(async () => await proxied[Symbol.asyncDispose]())

interface Sent {
  model: string
  text: string
  tools: readonly ToolSpec[]
  pieces: readonly number[]
}

/** The same answer of the model, streamed and whole. */
async function both({ model: asked, text, tools, pieces }: Sent) {
  const cuts = pieces.map((_, at) => pieces.slice(0, at + 1).reduce((sum, size) => sum + size, 0))
  const split = cuts.filter((cut) => cut < text.length)
  proxied.fake.script({ text, split, bytesPerWrite: 1 + (((pieces[0] ?? 1) * 37) % 500) }, { text })
  const body = {
    model: asked,
    messages: [{ role: 'user', content: 'x' }],
    tools: tools.map((tool) => ({ type: 'function', function: tool })),
  }
  const streamed = await proxied.post('/v1/chat/completions', { ...body, stream: true })
  const { choices, done } = assembleStream(await streamed.text())
  const whole = await proxied.post('/v1/chat/completions', body)
  return { streamed: choices[0], done, whole: assembleWhole(await whole.json())[0] }
}

/** What the parser alone says of a whole text. */
function parse({ model: asked, text, tools }: Sent) {
  const parser = dialectFor(asked).createParser({ tools, newId: String })
  const events: readonly ModelEvent[] = [...parser.push(text), ...parser.end('stop')]
  const parsed = { content: '', reasoning: '', begun: [] as { name: string; arguments: string }[], broken: false }
  const open = new Map<number, { name: string; arguments: string }>()
  for (const event of events) {
    if (event.type === 'text-delta') parsed.content += event.text
    else if (event.type === 'reasoning-delta') parsed.reasoning += event.text
    else if (event.type === 'malformed-call') {
      parsed.content += event.raw
      parsed.broken = true
    } else if (event.type === 'tool-input-start') {
      const call = { name: event.name, arguments: '' }
      open.set(event.index, call)
      parsed.begun.push(call)
    } else if (event.type === 'tool-input-delta') {
      const call = open.get(event.index)
      if (call) call.arguments += event.text
    }
  }
  const calls = events.flatMap((event) =>
    event.type === 'tool-call' ? [{ name: event.name, arguments: event.arguments }] : [],
  )
  return { ...parsed, calls }
}

function bare(list: readonly { name: string; arguments: string }[] = []): { name: string; arguments: string }[] {
  return list.map(({ name, arguments: text }) => ({ name, arguments: text }))
}

async function check(sent: Sent): Promise<void> {
  const { streamed, done, whole } = await both(sent)
  const { content, reasoning, begun, calls } = parse(sent)
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop'
  expect({ ...streamed, tool_calls: bare(streamed?.tool_calls) }).toMatchObject({
    content,
    reasoning,
    finish_reason,
    tool_calls: begun,
  })
  expect({ ...whole, tool_calls: bare(whole?.tool_calls) }).toMatchObject({
    content,
    reasoning,
    finish_reason,
    tool_calls: calls,
  })
  expect(new Set(streamed?.tool_calls.map(({ id }) => id)).size).toBe(streamed?.tool_calls.length)
  expect(done).toBe(true)
}

const pieces = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 })

describe('a stream put together again is what the parser reads of the whole, and so is the whole answer', () => {
  test('for any text', async () => {
    expect.hasAssertions()
    await fc.assert(
      fc.asyncProperty(model, wildText, pieces, (asked, text, cuts) =>
        check({ model: asked, text: text === '' ? 'x' : text, tools: someTools, pieces: cuts }),
      ),
      { numRuns: runs(1500) },
    )
  })

  test('for text and calls as a model writes them', async () => {
    expect.hasAssertions()
    const turn = model.chain((asked) =>
      fc.record({ asked: fc.constant(asked), calls: callsOf(dialectFor(asked)), text: prose, cuts: sizes }),
    )
    await fc.assert(
      fc.asyncProperty(turn, async ({ asked, calls, text, cuts }) => {
        const { written } = writeTurn(dialectFor(asked), text, calls)
        const many = Array.from({ length: 60 }, (_, at) => cuts[at % cuts.length] ?? 1)
        await check({ model: asked, text: written, tools: toolsOf(calls), pieces: many })
      }),
      { numRuns: runs(800) },
    )
  })
})
