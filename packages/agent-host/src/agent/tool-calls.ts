import type { CatalogTool } from '../catalog/catalog.ts'
import { errorOutcome } from '../catalog/tool-outcome.ts'
import { type Channel, createChannel } from '../core/channel.ts'
import type { AgentEvent, ToolOutcome } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Message } from '../core/message.ts'
import type { ToolCall } from '../core/tool.ts'

export interface ToolCallOptions {
  tools: readonly CatalogTool[]
  /** Run the calls of one turn at once, rather than one after another. */
  parallel: boolean
  timeoutMs: number
  signal: AbortSignal
}

type Send = Channel<AgentEvent>['send']

/**
 * Runs the calls of one turn and returns their results as messages, in the order of the calls. A call that cannot be
 * run, or that fails, gives a result which says so; only an abort of the signal ends it early.
 */
export async function* runToolCalls(
  calls: readonly ToolCall[],
  options: ToolCallOptions,
): AsyncGenerator<AgentEvent, Message[]> {
  const channel = createChannel<AgentEvent>()
  const results: Message[] = []
  const work = runAll(calls, options, async (call, i) => {
    const outcome = await runOne(call, options, channel.send)
    results[i] = {
      id: createId('msg'),
      role: 'tool',
      parts: [{ type: 'tool-result', callId: call.id, parts: outcome.parts, isError: outcome.isError }],
    }
  })
  work.then(
    () => channel.close(),
    (error: unknown) => channel.close(error instanceof Error ? error : new Error(String(error))),
  )
  yield* channel
  return results
}

async function runAll(
  calls: readonly ToolCall[],
  { parallel, signal }: ToolCallOptions,
  run: (call: ToolCall, index: number) => Promise<void>,
): Promise<void> {
  if (parallel) await Promise.all(calls.map(run))
  else for (const [index, call] of calls.entries()) await run(call, index)
  signal.throwIfAborted()
}

async function runOne(call: ToolCall, options: ToolCallOptions, send: Send): Promise<ToolOutcome> {
  const tool = options.tools.find(({ name }) => name === call.name)
  const started = performance.now()
  send({ type: 'tool-start', call, ...(tool && { server: tool.server }), ...(tool?.title && { title: tool.title }) })
  const outcome = await outcomeOf(call, tool, options, send)
  const durationMs = Math.round((performance.now() - started) * 10) / 10
  send({ type: 'tool-result', callId: call.id, name: call.name, durationMs, ...outcome })
  return outcome
}

async function outcomeOf(
  call: ToolCall,
  tool: CatalogTool | undefined,
  { tools, timeoutMs, signal }: ToolCallOptions,
  send: Send,
): Promise<ToolOutcome> {
  if (!tool) {
    const names = tools.map(({ name }) => name).join(', ')
    return errorOutcome(`There is no tool "${call.name}". The tools are: ${names || 'none'}.`)
  }
  const args = parseArguments(call.arguments)
  if (!args) return errorOutcome(`The arguments of ${call.name} are not a JSON object: ${call.arguments}`)
  try {
    const problem = tool.check(args)
    if (problem !== undefined) return errorOutcome(`The arguments of ${call.name} do not fit its schema: ${problem}`)
    return await tool.call(args, {
      timeoutMs,
      signal,
      onProgress: ({ progress, total, message }) =>
        send({
          type: 'tool-progress',
          callId: call.id,
          progress,
          ...(total !== undefined && { total }),
          ...(message !== undefined && { message }),
        }),
    })
  } catch (error) {
    signal.throwIfAborted()
    return errorOutcome(error instanceof Error ? error.message : String(error))
  }
}

function parseArguments(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
