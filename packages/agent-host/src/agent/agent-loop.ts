import type { CatalogTool } from '../catalog/catalog.ts'
import { toHostError } from '../core/errors.ts'
import type { AgentEvent, RunEnd, Usage } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import { type Message, textMessage } from '../core/message.ts'
import type { MalformedCall } from '../core/tool.ts'
import { type ModelStepOptions, runModelStep } from './model-step.ts'
import { createRepeatedCalls } from './repeated-calls.ts'
import { runToolCalls } from './tool-calls.ts'

export interface AgentOptions extends ModelStepOptions {
  tools: readonly CatalogTool[]
  /** Most model turns. The calls of the last one are not run, as no turn would read their results. */
  maxSteps: number
  /** Run the calls of one turn at once, and tell the model that it may make several. */
  parallelToolCalls: boolean
  /** For one tool call, in milliseconds. */
  toolTimeoutMs: number
  /** For the whole run, in milliseconds. */
  timeBudgetMs: number
}

export interface AgentInput {
  /** The conversation so far, ending with the user's message. */
  messages: readonly Message[]
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
  const tally: Tally = { steps: 0, usage: undefined }
  yield { type: 'run-start', runId: createId('run'), model: options.model, at: new Date().toISOString() }
  let reason: RunEnd
  try {
    reason = yield* runSteps([...input.messages], options, signal, tally)
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
  yield { type: 'run-end', reason, steps: tally.steps, ...(tally.usage && { usage: tally.usage }) }
}

interface Tally {
  steps: number
  usage: Usage | undefined
}

async function* runSteps(
  messages: Message[],
  options: AgentOptions,
  signal: AbortSignal,
  tally: Tally,
): AsyncGenerator<AgentEvent, RunEnd> {
  const { tools, parallelToolCalls: parallel, toolTimeoutMs: timeoutMs } = options
  const repeated = createRepeatedCalls()
  while (true) {
    const step = ++tally.steps
    yield { type: 'step-start', step }
    const { message, calls, malformed, reason, usage } = yield* runModelStep(messages, options, signal)
    tally.usage = addUsage(tally.usage, usage)
    messages.push(message)
    yield { type: 'message', message }
    yield { type: 'step-end', step, reason }

    if (calls.length === 0 && malformed.length === 0) return 'answer'
    if (repeated.add([...calls, ...malformed.map(({ name = '', raw }) => ({ name, arguments: raw }))])) {
      return 'repeated-call'
    }
    if (step === options.maxSteps) return 'step-limit'

    const results = yield* runToolCalls(calls, { tools, parallel, timeoutMs, signal })
    if (malformed.length > 0) results.push(correction(malformed))
    for (const result of results) {
      messages.push(result)
      yield { type: 'message', message: result }
    }
  }
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
