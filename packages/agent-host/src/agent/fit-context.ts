import type { AgentEvent, Usage } from '../core/events.ts'
import type { Message } from '../core/message.ts'
import { contextBytes, messageBytes, usualBytesPerToken } from './context-size.ts'
import type { ModelStepOptions } from './model-step.ts'
import { summarize } from './summarize.ts'
import { trimOldResults } from './trim-results.ts'

/** What becomes of a conversation that is too long: the model sums up its beginning, it is left out, or nothing is done. */
export type Fit = 'summarize' | 'drop' | 'never'

export interface FitOptions extends ModelStepOptions {
  /** Default: `summarize`. What is dropped is dropped for this run alone. */
  fit?: Fit | undefined
  /** Most tokens that the model takes, prompt and answer together; `undefined` where nobody knows. */
  contextLength?: (() => Promise<number | undefined>) | undefined
}

/** Shorter prompts, in tokens, fit any model, so that nobody has to be asked. */
const fitsAny = 1500

/** Of what the model takes, this much is kept free for its answer where no limit says how long that may be. */
const answerShare = 0.25
const longestAnswer = 4096

/** Once something is cut, enough is cut that the next turns fit too. */
const filled = 0.75

/**
 * The messages as they fit into the model: old results of tools are left out first; where that is not enough, the model
 * sums up what was before the user's last message, or as much is dropped as has to be. What was cut for good is told in
 * an event.
 */
export async function* fitContext(
  messages: readonly Message[],
  options: FitOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, { messages: readonly Message[]; usage?: Usage | undefined }> {
  const { tools, maxTokens, capabilities, fit = 'summarize' } = options
  if (fit === 'never') return { messages }
  const bytesPerToken = capabilities.bytesPerToken ?? usualBytesPerToken
  const bytes = contextBytes(messages, tools)
  if (bytes / bytesPerToken <= fitsAny) return { messages }
  const length = await contextLengthOf(options)
  if (length === undefined) return { messages }
  const room = length - Math.min(maxTokens ?? longestAnswer, Math.floor(length * answerShare))
  if (bytes / bytesPerToken <= room) return { messages }

  const wanted = room * filled * bytesPerToken
  const trimming = trimOldResults(messages, bytes - wanted)
  const { trimmed } = trimming
  const before = trimming.messages.findLastIndex(({ role }) => role === 'user')
  const from = trimming.messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  if (fit === 'drop') return { messages: dropOldest(trimming.messages, from, bytes - trimming.saved - wanted) }
  if ((bytes - trimming.saved) / bytesPerToken <= room || before <= from) {
    if (trimmed.length > 0) yield { type: 'context-cut', trimmed }
    return { messages: trimming.messages }
  }
  const rest = trimming.messages.slice(before)
  const { message, usage } = await summarize(trimming.messages.slice(from, before), wanted, options, signal)
  yield { type: 'context-cut', trimmed, summary: { before: rest[0]?.id ?? '', message } }
  options.log.info(
    { bytes, left: rest.reduce((sum, each) => sum + messageBytes(each), 0) },
    'a conversation was summed up',
  )
  return { messages: [...trimming.messages.slice(0, from), message, ...rest], usage }
}

/** Leaves out the oldest messages from `from` on, up to one of the user's, so that no result loses its call. */
function dropOldest(messages: readonly Message[], from: number, bytes: number): readonly Message[] {
  if (bytes <= 0 || from === -1) return messages
  let start = from
  let dropped = 0
  for (const [i, message] of messages.entries()) {
    if (i > from && message.role === 'user') {
      start = i
      if (dropped >= bytes) break
    }
    if (i >= from) dropped += messageBytes(message)
  }
  return [...messages.slice(0, from), ...messages.slice(start)]
}

/** A server that does not list its models may be a good one all the same. */
async function contextLengthOf({ contextLength, log }: FitOptions): Promise<number | undefined> {
  try {
    return await contextLength?.()
  } catch (error) {
    log.warn({ err: error }, 'nobody knows how long a context the model takes; CONTEXT_LENGTH says it')
    return undefined
  }
}
