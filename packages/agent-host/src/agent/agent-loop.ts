import type { CatalogTool } from '../catalog/catalog.ts'
import { toHostError } from '../core/errors.ts'
import type { AgentEvent, PendingCall, RunEnd, Usage } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import { type Message, textMessage } from '../core/message.ts'
import type { MalformedCall, ToolCall, ToolChoice, ToolSpec } from '../core/tool.ts'
import { contextBytes, measuredBytesPerToken } from './context-size.ts'
import { type FitOptions, fitContext } from './fit-context.ts'
import { runModelStep } from './model-step.ts'
import { createRepeatedCalls } from './repeated-calls.ts'
import { type DecideCall, runToolCalls } from './tool-calls.ts'

export interface AgentOptions extends Omit<FitOptions, 'tools'> {
  tools: readonly CatalogTool[]
  /** Tools that whoever asked for the run makes themselves: a call to one parks the run. Default: none. */
  clientTools?: readonly ToolSpec[] | undefined
  /** Asked before each call of a tool of ours. Default: every call runs. */
  decide?: DecideCall | undefined
  /** Most model turns. The calls of the last one are not run, as no turn would read their results. */
  maxSteps: number
  /** Run the calls of one turn at once, and tell the model that it may make several. */
  parallelToolCalls: boolean
  /**
   * Whether a turn that was cut off, by its limit of tokens or a filter, ends the run in the middle of a call too.
   * Default: the model is told, and goes on.
   */
  endWhenCut?: boolean | undefined
  /** For one tool call, in milliseconds. */
  toolTimeoutMs: number
  /** For the whole run, in milliseconds. */
  timeBudgetMs: number
}

export interface AgentInput {
  /** The conversation so far, ending with the user's message. */
  messages: readonly Message[]
  /** Calls of the last turn that are to run first, such as those that were approved since. */
  calls?: readonly ToolCall[] | undefined
  /** Default: a new id. */
  runId?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * Runs one conversation until the model answers without a call, or a limit is reached. Every message it adds is given
 * as a `message` event; the last event is always `run-end`. It does not throw: a failure is an `error` event.
 *
 * Returning early from the generator cancels the run, at the model server and in the tools.
 */
export async function* runAgent(input: AgentInput, options: AgentOptions): AsyncGenerator<AgentEvent> {
  const stop = new AbortController()
  const signals = [stop.signal, AbortSignal.timeout(options.timeBudgetMs)]
  const signal = AbortSignal.any(input.signal ? [...signals, input.signal] : signals)
  const tally: Tally = { steps: 0, usage: undefined, pending: [] }
  yield { type: 'run-start', runId: input.runId ?? createId('run'), model: options.model, at: new Date().toISOString() }
  let reason: RunEnd
  try {
    reason = yield* runSteps(input, options, signal, tally)
  } catch (error) {
    reason = endedBy(signal)
    if (reason === 'error') {
      const failure = toHostError(error)
      if (failure.code === 'internal') options.log.error({ err: error }, 'a run failed in a way that was not foreseen')
      else options.log.warn({ code: failure.code, reason: failure.message }, 'a run failed')
      yield { type: 'error', error: failure.toBody() }
    }
  } finally {
    stop.abort()
  }
  const { steps, usage, pending } = tally
  yield { type: 'run-end', reason, steps, ...(usage && { usage }), ...(reason === 'parked' && { pending }) }
}

interface Tally {
  steps: number
  usage: Usage | undefined
  pending: PendingCall[]
}

async function* runSteps(
  { messages: given, calls: approved = [] }: AgentInput,
  options: AgentOptions,
  signal: AbortSignal,
  tally: Tally,
): AsyncGenerator<AgentEvent, RunEnd> {
  const { tools, clientTools = [] } = options
  let stepOptions = { ...options, tools: [...tools, ...clientTools] }
  let messages = [...given]
  const repeated = createRepeatedCalls()
  if (approved.length > 0 && (yield* settle(approved, [], messages, options, signal, tally))) return 'parked'
  while (true) {
    const step = ++tally.steps
    yield { type: 'step-start', step }
    const fitted = yield* fitContext(messages, stepOptions, signal)
    messages = [...fitted.messages]
    const { message, calls, malformed, reason, usage } = yield* runModelStep(messages, stepOptions, signal)
    const bytesPerToken = measuredBytesPerToken(contextBytes(messages, stepOptions.tools), usage)
    options.capabilities.bytesPerToken = bytesPerToken ?? options.capabilities.bytesPerToken
    // A call that is demanded again after each result would never end.
    stepOptions = { ...stepOptions, toolChoice: afterFirst(stepOptions.toolChoice) }
    tally.usage = addUsage(addUsage(tally.usage, fitted.usage), usage)
    messages.push(message)
    yield { type: 'message', message }
    yield { type: 'step-end', step, reason }

    if (calls.length === 0 && malformed.length === 0) return 'answer'
    if (options.endWhenCut && (reason === 'length' || reason === 'content-filter')) return 'answer'
    if (repeated.add([...calls, ...malformed.map(({ name = '', raw }) => ({ name, arguments: raw }))])) {
      return 'repeated-call'
    }
    const allForClient = calls.length > 0 && calls.every(({ name }) => clientTools.some((tool) => tool.name === name))
    if (step === options.maxSteps && !allForClient) return 'step-limit'

    if (yield* settle(calls, malformed, messages, options, signal, tally)) return 'parked'
  }
}

/** Runs what can be run, adding the results to `messages`. Returns whether calls are left that somebody has to answer. */
async function* settle(
  calls: readonly ToolCall[],
  malformed: readonly MalformedCall[],
  messages: Message[],
  options: AgentOptions,
  signal: AbortSignal,
  tally: Tally,
): AsyncGenerator<AgentEvent, boolean> {
  const { tools, clientTools = [], decide, parallelToolCalls: parallel, toolTimeoutMs: timeoutMs } = options
  const callOptions = { tools, clientTools, parallel, timeoutMs, signal, ...(decide && { decide }) }
  const { results, pending } = yield* runToolCalls(calls, callOptions)
  messages.push(...results)
  if (malformed.length > 0) {
    const message = correction(malformed)
    messages.push(message)
    yield { type: 'message', message }
  }
  tally.pending = pending
  return pending.length > 0
}

function afterFirst(choice: ToolChoice | undefined): ToolChoice {
  return choice === 'none' ? 'none' : 'auto'
}

/** A malformed call has no id that a result could answer, so the model is told in a message. */
function correction(malformed: readonly MalformedCall[]): Message {
  const problems = malformed.map(({ name, problem }) => `- ${name ?? 'a call without a name'}: ${problem}`)
  const text = `These tool calls could not be run:\n${problems.join('\n')}\nMake them again, correctly, or answer without them.`
  return textMessage(createId('msg'), 'user', text)
}

/** Whatever fails after an abort fails because of it. */
function endedBy(signal: AbortSignal): RunEnd {
  if (!signal.aborted) return 'error'
  const reason: unknown = signal.reason
  return reason instanceof DOMException && reason.name === 'TimeoutError' ? 'time-limit' : 'cancelled'
}

function addUsage(sum: Usage | undefined, more: Usage | undefined): Usage | undefined {
  if (!sum || !more) return sum ?? more
  const reasoning = (sum.reasoningTokens ?? 0) + (more.reasoningTokens ?? 0)
  const cached = (sum.cachedInputTokens ?? 0) + (more.cachedInputTokens ?? 0)
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    totalTokens: sum.totalTokens + more.totalTokens,
    ...(reasoning > 0 && { reasoningTokens: reasoning }),
    ...(cached > 0 && { cachedInputTokens: cached }),
  }
}
