import type { TurnEnd } from '../core/events.ts'
import { toTurnEnd } from '../dialects/openai-shapes.ts'
import type { ChoiceEditor } from './choice-editor.ts'
import { isObject, objectsIn, type WireChoice, type WireChunk, type WireDelta } from './wire.ts'

/** The choices of one streamed answer, each with an editor of its own. */
export interface StreamChoices {
  /** The events that a chunk leaves as; undefined where it may stay as it is. */
  edit(chunk: WireChunk): string | undefined
  /** Ends the choices that the server gave no finish reason, with one where they ended as they should. */
  close(how: TurnEnd): string
  /** Whether every choice was given a finish reason, and there was one. */
  finished(): boolean
  /** Whether a call has left. */
  started(): boolean
  /** Calls that can be run. */
  calls(): number
  /** Why the choices ended, as the client is told. */
  readonly reasons: readonly string[]
}

export function createStreamChoices(createEditor: () => ChoiceEditor): StreamChoices {
  const editors = new Map<unknown, ChoiceEditor>()
  const open = new Set<unknown>()
  const reasons: string[] = []
  let envelope: WireChunk = { object: 'chat.completion.chunk' }

  function editorOf(index: unknown): ChoiceEditor {
    let editor = editors.get(index)
    if (!editor) {
      editors.set(index, (editor = createEditor()))
      open.add(index)
    }
    return editor
  }

  /** What a choice held back, in an event of its own, so that the one with the finish reason stays the last. */
  function restOf(index: unknown, editor: ChoiceEditor, how: TurnEnd): string {
    const rest = editor.end(how)
    return rest ? toEvent(envelope, index, rest, null) : ''
  }

  return {
    reasons,
    finished: () => open.size === 0 && editors.size > 0,
    started: () => [...editors.values()].some((editor) => editor.started()),
    calls: () => [...editors.values()].reduce((sum, editor) => sum + editor.calls(), 0),
    edit(chunk) {
      if (!Array.isArray(chunk.choices) || chunk.choices.length === 0) return undefined
      envelope = chunk
      let changed = false
      let before = ''
      for (const choice of objectsIn(chunk.choices)) {
        const editor = editorOf(choice.index)
        if (isObject(choice.delta)) changed = editor.edit(choice.delta) || changed
        const { finish_reason: given } = choice
        if (typeof given !== 'string' || !open.delete(choice.index)) continue
        before += restOf(choice.index, editor, toTurnEnd(given))
        choice.finish_reason = editor.finishReason(given)
        reasons.push(String(choice.finish_reason))
        changed ||= choice.finish_reason !== given
      }
      return changed || before !== '' ? `${before}data: ${JSON.stringify(chunk)}\n\n` : undefined
    },
    close(how) {
      let events = ''
      for (const index of open) {
        const editor = editorOf(index)
        events += restOf(index, editor, how)
        if (how !== 'stop') continue
        const reason = editor.finishReason('stop')
        reasons.push(reason)
        events += toEvent(envelope, index, {}, reason)
      }
      open.clear()
      return events
    },
  }
}

/** An event of our own between those of the server, with their envelope but nothing that was said of one of them. */
function toEvent(chunk: WireChunk, index: unknown, delta: WireDelta, reason: string | null): string {
  const { usage: _, ...envelope } = chunk
  const choice: WireChoice = { index, delta, finish_reason: reason }
  return `data: ${JSON.stringify({ ...envelope, choices: [choice] })}\n\n`
}
