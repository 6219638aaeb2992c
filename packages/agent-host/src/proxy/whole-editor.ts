import { toTurnEnd } from '../dialects/openai-shapes.ts'
import type { ChoiceEditor } from './choice-editor.ts'
import { isObject, objectsIn, textIn, type WireChunk, type WireDelta } from './wire.ts'

/** What became of a whole answer. */
export interface EditedAnswer {
  /** False where the answer may stay as it came. */
  changed: boolean
  /** Calls that can be run. */
  calls: number
  /** Why the choices ended, as the client is told. */
  reasons: string[]
}

/** Edits a whole answer in place, choice by choice. */
export function editWhole(completion: WireChunk, createEditor: () => ChoiceEditor): EditedAnswer {
  const edited: EditedAnswer = { changed: false, calls: 0, reasons: [] }
  for (const choice of objectsIn(completion.choices)) {
    const { message } = choice
    if (!isObject(message)) continue
    const given = textIn(choice.finish_reason) || 'stop'
    const editor = createEditor()
    const touched = editor.edit(message)
    const rest = editor.end(toTurnEnd(given))
    if (rest) append(message, rest)
    if (editor.calls() > 0 && message.content === '' && (touched || rest)) message.content = null
    const reason = editor.finishReason(given)
    edited.changed ||= touched || rest !== undefined || reason !== given
    edited.calls += editor.calls()
    edited.reasons.push(reason)
    choice.finish_reason = reason
  }
  return edited
}

/** Adds what was only known at the end. */
function append(message: WireDelta, rest: WireDelta): void {
  for (const field of ['content', 'reasoning', 'reasoning_content'] as const) {
    if (rest[field] !== undefined) message[field] = textIn(message[field]) + textIn(rest[field])
  }
  if (rest.tool_calls !== undefined)
    message.tool_calls = [...objectsIn(message.tool_calls), ...objectsIn(rest.tool_calls)]
  if (message.function_call == null && rest.function_call !== undefined) message.function_call = rest.function_call
}

/** A whole answer as the events of a stream, for a client that asked for one. */
export function toStreamEvents(completion: WireChunk, withUsage: boolean): string {
  const { usage, choices, ...envelope } = completion
  const head = { ...envelope, object: 'chat.completion.chunk' }
  const events: unknown[] = []
  for (const { message, finish_reason, ...choice } of objectsIn(choices)) {
    const delta = isObject(message) ? { ...message } : {}
    const calls = objectsIn(delta.tool_calls).map((call, index) => ({ index, ...call }))
    if (calls.length > 0) delta.tool_calls = calls
    events.push(
      { ...head, choices: [{ ...choice, delta, finish_reason: null }] },
      { ...head, choices: [{ index: choice.index, delta: {}, finish_reason }] },
    )
  }
  if (withUsage && usage !== undefined) events.push({ ...head, choices: [], usage })
  return [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}
