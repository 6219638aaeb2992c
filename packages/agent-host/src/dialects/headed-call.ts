import { CallDraft } from './engine/call-draft.ts'
import type { CallClosing } from './engine/call-end.ts'
import { readArguments } from './engine/call-object.ts'
import type { Input, Reading, Recording } from './engine/input.ts'
import type { Turn } from './engine/turn.ts'

/** A name and its framing are no longer than this. */
export const longestHead = 160

/** What a tool's name and the framing behind it look like. */
export interface Head {
  /** Its first character. */
  first: RegExp
  /** All of it; the first group is the name. */
  name: RegExp
  /** Its beginning. */
  begun: RegExp
}

/** Reads the name and framing before a call's JSON; undefined, with nothing read, where they do not stand here. */
export function* readHead(input: Input, head: Head): Reading<string | undefined> {
  for (;;) {
    if (!input.empty && !head.first.test(input.text.charAt(input.at))) return undefined
    const text = input.text.slice(input.at, input.at + longestHead)
    const found = head.name.exec(text)
    if (found) {
      input.at += found[0].length
      return found[1]
    }
    if (text.length === longestHead || input.ended !== undefined || !head.begun.test(text)) return undefined
    yield
  }
}

/** Reads the call to `name` whose arguments, as JSON, stand here. */
export function* readHeadedCall(turn: Turn, recording: Recording, name: string, closing: CallClosing): Reading {
  const call = new CallDraft(turn, recording)
  call.setName(name)
  yield* closing.finish(turn, call, yield* readArguments(turn, call))
}
