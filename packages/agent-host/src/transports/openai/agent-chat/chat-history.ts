import type { HiddenSteps, HiddenStepStore } from '../../../agent/hidden-steps.ts'
import type { Message, Part } from '../../../core/message.ts'
import { fromWireMessages } from '../../../proxy/from-wire-messages.ts'
import { isObject, objectsIn, textIn } from '../../../proxy/wire.ts'

type WireMessage = Readonly<Record<string, unknown>>

/**
 * The client's messages as a conversation for the model: in the place of a message whose calls we showed stands all that
 * the run said and did up to them, as the client saw only a part. Where that is not kept any more, what the client saw
 * has to do.
 *
 * @throws HostError `invalid_request` for a role or a kind of content that is not known.
 */
export async function toConversation(messages: readonly WireMessage[], store: HiddenStepStore): Promise<Message[]> {
  const conversation: Message[] = []
  const back: CallsBack = { ownIds: new Map(), answered: new Set() }
  for (const message of messages) {
    const shown = message.role === 'assistant' ? callIds(message) : []
    const steps = await findSteps(shown, store)
    if (!steps) {
      for (const own of fromWireMessages(withoutReasoning(withResults(message)))) {
        const parts = own.parts.flatMap((part) => withOwnIds(part, back))
        if (parts.length > 0 || own.parts.length === 0) conversation.push({ ...own, parts })
      }
      continue
    }
    // Some clients send the calls of one message as messages of their own; the first brought all of them back.
    if (shown.some((id) => back.ownIds.has(id))) continue
    conversation.push(...steps.messages)
    const results = new Set(steps.messages.flatMap(({ parts }) => parts.flatMap(resultIds)))
    for (const [id, own] of steps.calls) {
      back.ownIds.set(id, own)
      if (results.has(own)) back.answered.add(id)
    }
  }
  return conversation
}

function callIds(message: WireMessage): string[] {
  return objectsIn(message.tool_calls).map(({ id }) => textIn(id))
}

async function findSteps(ids: readonly string[], store: HiddenStepStore): Promise<HiddenSteps | undefined> {
  for (const id of ids) {
    const steps = await store.get(id)
    if (steps) return steps
  }
  return undefined
}

/** What we called reasoning is partly our own account of the tools, which the model is not to take for its thoughts. */
function withoutReasoning(messages: readonly WireMessage[]): WireMessage[] {
  return messages.map((message) => ({ ...message, reasoning: undefined, reasoning_content: undefined }))
}

/** A message that shows calls with their results, as our own `tool_activity` does, as the messages it stands for. */
function withResults(message: WireMessage): WireMessage[] {
  const calls = objectsIn(message.tool_calls)
  const made = calls.filter(({ result }) => isObject(result))
  if (message.role !== 'assistant' || made.length === 0) return [message]
  const rest = calls.filter(({ result }) => !isObject(result))
  const { tool_calls: _, ...said } = message
  return [
    { role: 'assistant', content: null, tool_calls: made },
    ...made.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: (result as WireMessage).content })),
    ...(textIn(said.content) === '' && rest.length === 0
      ? []
      : [rest.length === 0 ? said : { ...said, tool_calls: rest }]),
  ]
}

/** The calls whose steps are back, by the ids that the client knows. */
interface CallsBack {
  /** The model's own ids. */
  ownIds: Map<string, string>
  /** Those whose results are among the steps. */
  answered: Set<string>
}

function withOwnIds(part: Part, { ownIds, answered }: CallsBack): Part[] {
  if (part.type !== 'tool-result') return [part]
  const callId = ownIds.get(part.callId)
  if (callId === undefined) return [part]
  return answered.has(part.callId) ? [] : [{ ...part, callId }]
}

function resultIds(part: Part): string[] {
  return part.type === 'tool-result' ? [part.callId] : []
}
