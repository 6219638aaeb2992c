import type { CatalogTool } from '../catalog/catalog.ts'
import { errorOutcome } from '../catalog/tool-outcome.ts'
import { type Channel, createChannel } from '../core/channel.ts'
import type { AgentEvent, PendingCall, ToolOutcome } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Message } from '../core/message.ts'
import type { ToolCall, ToolSpec } from '../core/tool.ts'

/** What is to become of a call: it runs, it is answered without running, or a person is asked first. */
export type CallDecision =
  | { type: 'run' }
  | { type: 'answer'; outcome: ToolOutcome; cached?: boolean }
  | { type: 'ask'; expiresAt?: string }

/** Decides before a call runs. What must be durable before a tool is reached is written here; throwing ends the run. */
export type DecideCall = (call: ToolCall, tool: CatalogTool) => Promise<CallDecision>

export interface ToolCallOptions {
  tools: readonly CatalogTool[]
  /** Tools that are not ours to call. */
  clientTools?: readonly ToolSpec[]
  /** Default: every call runs. */
  decide?: DecideCall
  /** Run the calls of one turn at once, rather than one after another. */
  parallel: boolean
  timeoutMs: number
  signal: AbortSignal
}

/** What became of the calls of one turn. */
export interface SettledCalls {
  /** In the order of the calls. */
  results: Message[]
  pending: PendingCall[]
}

type Send = Channel<AgentEvent>['send']

/**
 * Runs the calls of one turn. Each result is given as a `message` event as soon as it is there. A call that cannot be
 * run, or that fails, gives a result which says so; only an abort of the signal, or a failed decision, ends it early.
 */
export async function* runToolCalls(
  calls: readonly ToolCall[],
  options: ToolCallOptions,
): AsyncGenerator<AgentEvent, SettledCalls> {
  const channel = createChannel<AgentEvent>()
  const settled: (Message | PendingCall)[] = []
  const work = runAll(calls, options, async (call, i) => {
    settled[i] = await settleCall(call, options, channel.send)
  })
  work.then(
    () => channel.close(),
    (error: unknown) => channel.close(error instanceof Error ? error : new Error(String(error))),
  )
  yield* channel
  return {
    results: settled.filter((each) => 'role' in each),
    pending: settled.filter((each) => 'waitsFor' in each),
  }
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

async function settleCall(call: ToolCall, options: ToolCallOptions, send: Send): Promise<Message | PendingCall> {
  const { tools, clientTools = [], decide } = options
  const tool = tools.find(({ name }) => name === call.name)
  if (!tool && clientTools.some(({ name }) => name === call.name)) return { call, waitsFor: 'client' }
  const told = { ...(tool && { server: tool.server }), ...(tool?.title && { title: tool.title }) }
  const decision = tool && decide ? await decide(call, tool) : ({ type: 'run' } as const)
  if (decision.type === 'ask') {
    const { expiresAt } = decision
    const pending: PendingCall = { call, waitsFor: 'approval', ...(expiresAt !== undefined && { expiresAt }) }
    send({ type: 'approval-request', ...pending, ...told })
    return pending
  }
  const started = performance.now()
  send({ type: 'tool-start', call, ...told })
  const outcome = decision.type === 'answer' ? decision.outcome : await outcomeOf(call, tool, options, send)
  const durationMs = Math.round((performance.now() - started) * 10) / 10
  const cached = decision.type === 'answer' && decision.cached === true
  send({ type: 'tool-result', callId: call.id, name: call.name, durationMs, ...(cached && { cached }), ...outcome })
  const message: Message = {
    id: createId('msg'),
    role: 'tool',
    parts: [{ type: 'tool-result', callId: call.id, parts: outcome.parts, isError: outcome.isError }],
  }
  send({ type: 'message', message })
  return message
}

async function outcomeOf(
  call: ToolCall,
  tool: CatalogTool | undefined,
  { tools, clientTools = [], timeoutMs, signal }: ToolCallOptions,
  send: Send,
): Promise<ToolOutcome> {
  if (!tool) {
    const names = [...tools, ...clientTools].map(({ name }) => name).join(', ')
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
    return { ...errorOutcome(error instanceof Error ? error.message : String(error)), serverFailed: true }
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
