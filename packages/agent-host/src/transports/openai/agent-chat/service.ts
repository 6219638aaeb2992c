import type { HiddenStepStore } from '../../../agent/hidden-steps.ts'
import type { AgentEvent } from '../../../core/events.ts'
import { createId } from '../../../core/ids.ts'
import type { Message } from '../../../core/message.ts'
import type { ToolActivity } from '../../../core/tool-activity.ts'
import type { PassingPlace } from '../../../runs/runtime.ts'
import { startPassing } from '../../../runs/start-passing.ts'
import { toConversation } from './chat-history.ts'
import { readAgentChat } from './chat-request.ts'
import { type ChatDelta, createChatWriter, type ChatWriter } from './chat-writer.ts'
import { type CompletionHead, toChunk, toCompletion, toFirstChunk, toLastChunks } from './completion.ts'

export interface AgentChatParts {
  /** Chat completions are kept by their clients, so that nothing of the runs is left here. */
  passing: PassingPlace
  steps: HiddenStepStore
  /** Where a request does not say. */
  activity: ToolActivity
  /** Milliseconds since 1970. */
  now: () => number
}

/** A chat completion whose run has begun. To be read once, in one of the two ways; leaving cancels the run. */
export interface AgentChat {
  stream: boolean
  /** @throws HostError where the run fails, also in the middle. */
  chunks(signal: AbortSignal): AsyncGenerator<Record<string, unknown>>
  /** @throws HostError where the run fails. */
  whole(signal: AbortSignal): Promise<Record<string, unknown>>
}

/** The agent as a model. */
export interface AgentChatService {
  /** @throws HostError `invalid_request`, `shutting_down` */
  start(body: unknown): Promise<AgentChat>
}

export function createAgentChatService(parts: AgentChatParts): AgentChatService {
  const { passing, steps, now } = parts
  return {
    async start(body) {
      const { messages, start, stream, includeUsage, activity = parts.activity, answerOnly } = readAgentChat(body)
      const conversation = await toConversation(messages, steps)
      const { runId } = await startPassing(passing, { ...start, messages: conversation }, now())
      const writer = createChatWriter({ activity, answerOnly, newCallId: () => createId('call') })
      const created = Math.floor(now() / 1000)
      const follow = (signal: AbortSignal) => followRun(runId, writer, parts, signal)
      return {
        stream,
        async *chunks(signal) {
          let head: CompletionHead = { runId, model: '', created }
          let begun = false
          for await (const { event, deltas } of follow(signal)) {
            if (event.type === 'run-start') head = { ...head, model: event.model }
            // Until then a failure may still have its own status.
            if (!begun && (deltas.length > 0 || event.type === 'tool-start')) {
              begun = true
              yield toFirstChunk(head)
            }
            for (const delta of deltas) yield toChunk(head, delta)
          }
          const end = writer.end()
          if (!begun) yield toFirstChunk(head)
          yield* toLastChunks(head, end, includeUsage)
        },
        async whole(signal) {
          let model = ''
          const all: ChatDelta[] = []
          for await (const { event, deltas } of follow(signal)) {
            if (event.type === 'run-start') model = event.model
            all.push(...deltas)
          }
          return toCompletion({ runId, model, created }, all, writer.end())
        },
      }
    },
  }
}

interface Written {
  event: AgentEvent
  deltas: ChatDelta[]
}

/** The events of a run with what they write. What the client will come back to is kept before it can. */
async function* followRun(
  runId: string,
  writer: ChatWriter,
  { passing: { runs }, steps }: AgentChatParts,
  signal: AbortSignal,
): AsyncGenerator<Written> {
  const messages: Message[] = []
  let over = false
  try {
    for await (const { event } of runs.follow(runId, 0, signal)) {
      if (event.type === 'message') messages.push(event.message)
      const deltas = writer.add(event)
      if (event.type === 'run-end') {
        over = true
        if (writer.calls.length > 0) await steps.put({ calls: [...writer.calls], messages })
      }
      yield { event, deltas }
    }
  } finally {
    if (!over) await runs.cancel(runId)
  }
}
