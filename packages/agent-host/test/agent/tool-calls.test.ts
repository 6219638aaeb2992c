import { expect, test } from 'vitest'
import { type CallDecision, runToolCalls, type SettledCalls, type ToolCallOptions } from '../../src/agent/tool-calls.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { type Message, toText } from '../../src/core/message.ts'
import type { ToolCall } from '../../src/core/tool.ts'
import { catalogTool, said } from './catalog-tool.ts'

const call = (id: string, name: string, args = '{}'): ToolCall => ({ id, name, arguments: args })

async function run(
  calls: ToolCall[],
  options: Partial<ToolCallOptions>,
): Promise<SettledCalls & { events: AgentEvent[] }> {
  const { signal } = new AbortController()
  const events: AgentEvent[] = []
  const running = runToolCalls(calls, { tools: [], parallel: false, timeoutMs: 1000, signal, ...options })
  for (;;) {
    const next = await running.next()
    if (next.done === true) return { events, ...next.value }
    events.push(next.value)
  }
}

const resultTexts = (messages: Message[]): string[] =>
  messages.flatMap(({ parts }) => parts.map((part) => (part.type === 'tool-result' ? toText(part.parts) : '')))

/** A tool that answers only when another was called too. */
function meeting(): { first: ReturnType<typeof catalogTool>; second: ReturnType<typeof catalogTool> } {
  const met = Promise.withResolvers<void>()
  return {
    first: catalogTool('first', () => met.promise.then(() => said('one'))),
    second: catalogTool('second', async () => {
      met.resolve()
      return said('two')
    }),
  }
}

test('parallel calls run at once, and their results keep the order of the calls', async () => {
  const { first, second } = meeting()
  const { events, results } = await run([call('a', 'first'), call('b', 'second')], {
    tools: [first, second],
    parallel: true,
  })
  expect(resultTexts(results)).toEqual(['one', 'two'])
  expect(events.map(({ type }) => type)).toEqual([
    'tool-start',
    'tool-start',
    'tool-result',
    'message',
    'tool-result',
    'message',
  ])
})

test('otherwise each call waits for the one before', async () => {
  const order: string[] = []
  const tool = catalogTool('t', async (args) => {
    order.push(`start ${String(args.n)}`)
    await new Promise(setImmediate)
    order.push(`end ${String(args.n)}`)
    return said('')
  })
  await run([call('a', 't', '{"n":1}'), call('b', 't', '{"n":2}')], { tools: [tool] })
  expect(order).toEqual(['start 1', 'end 1', 'start 2', 'end 2'])
})

test.each([
  ['a tool that is not there', call('a', 'nope'), 'There is no tool "nope". The tools are: t.'],
  ['arguments that are not JSON', call('a', 't', '{"x"'), 'The arguments of t are not a JSON object: {"x"'],
  ['arguments that are no object', call('a', 't', '[1]'), 'The arguments of t are not a JSON object: [1]'],
  ['arguments that do not fit', call('a', 't', '{"wrong":1}'), 'do not fit its schema: data must NOT have additional'],
  ['a tool that throws', call('a', 't'), 'MCP server "x" closed the connection.'],
])('%s is told to the model as a failed result', async (_name, made, words) => {
  const tool = catalogTool('t', () => Promise.reject(new Error('MCP server "x" closed the connection.')))
  const { events, results } = await run([made], { tools: [tool] })
  expect(resultTexts(results)[0]).toContain(words)
  expect(results[0]?.parts[0]).toMatchObject({ type: 'tool-result', callId: 'a', isError: true })
  expect(events.at(-2)).toMatchObject({ type: 'tool-result', isError: true })
})

test('progress becomes events between start and result', async () => {
  const tool = catalogTool('t', async (_args, { onProgress }) => {
    onProgress?.({ progress: 1, total: 2, message: 'half' })
    onProgress?.({ progress: 2 })
    return said('done')
  })
  const { events } = await run([call('a', 't')], { tools: [tool] })
  expect(events.filter(({ type }) => type === 'tool-progress')).toEqual([
    { type: 'tool-progress', callId: 'a', progress: 1, total: 2, message: 'half' },
    { type: 'tool-progress', callId: 'a', progress: 2 },
  ])
})

test.each([true, false])('an abort reaches the tool and ends it all (parallel: %s)', async (parallel) => {
  const stop = new AbortController()
  let started = 0
  const tool = catalogTool('t', async (_args, { signal }) => {
    started++
    stop.abort(new Error('enough'))
    signal?.throwIfAborted()
    return said('never')
  })
  const running = run([call('a', 't'), call('b', 't')], { tools: [tool], parallel, signal: stop.signal })
  await expect(running).rejects.toThrow('enough')
  expect(started).toBe(parallel ? 2 : 1)
})

test('a call to a tool of the client is left to it, while the others run', async () => {
  const tool = catalogTool('ours', async () => said('done'))
  const theirs = { name: 'theirs', parameters: {} }
  const { results, pending, events } = await run([call('a', 'theirs'), call('b', 'ours')], {
    tools: [tool],
    clientTools: [theirs],
  })
  expect(resultTexts(results)).toEqual(['done'])
  expect(pending).toEqual([{ call: call('a', 'theirs'), waitsFor: 'client' }])
  expect(events.map(({ type }) => type)).toEqual(['tool-start', 'tool-result', 'message'])
})

test.each<[CallDecision, object]>([
  [{ type: 'run' }, { texts: ['ran'], waits: [] }],
  [
    { type: 'answer', outcome: said('remembered'), cached: true },
    { texts: ['remembered'], waits: [] },
  ],
  [
    { type: 'ask', expiresAt: '2030-01-01T00:00:00Z' },
    { texts: [], waits: ['2030-01-01T00:00:00Z'] },
  ],
])('a decision is carried out before the tool is reached: %j', async (decision, expected) => {
  let ran = 0
  const tool = catalogTool('t', async () => {
    ran++
    return said('ran')
  })
  const { results, pending, events } = await run([call('a', 't')], { tools: [tool], decide: async () => decision })
  expect({ texts: resultTexts(results), waits: pending.map(({ expiresAt }) => expiresAt) }).toEqual(expected)
  expect(ran).toBe(decision.type === 'run' ? 1 : 0)
  expect(events.map(({ type }) => type)).toEqual(
    decision.type === 'ask' ? ['approval-request'] : ['tool-start', 'tool-result', 'message'],
  )
  expect(events.some((event) => 'cached' in event)).toBe(decision.type === 'answer')
})

test('a decision that fails ends it before the tool is reached', async () => {
  let ran = false
  const tool = catalogTool('t', async () => {
    ran = true
    return said('')
  })
  const failing = run([call('a', 't')], { tools: [tool], decide: () => Promise.reject(new Error('the lease is lost')) })
  await expect(failing).rejects.toThrow('the lease is lost')
  expect(ran).toBe(false)
})
