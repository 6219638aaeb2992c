import { CallDraft } from './call-draft.ts'
import type { CallClosing } from './call-end.ts'
import type { Reading, Recording } from './input.ts'
import { JsonReader } from './json-reader.ts'
import { TextBuffer } from './text-buffer.ts'
import type { Turn } from './turn.ts'

/** Reads a call that lost its name, which only arguments that fit one tool alone can give back. */
export function* readNamelessCall(turn: Turn, recording: Recording, closing: CallClosing, id?: string): Reading {
  const call = new CallDraft(turn, recording)
  if (id !== undefined) call.setId(id)
  const json = new TextBuffer()
  const end = yield* new JsonReader(turn.input, {
    write(text, start, stop) {
      json.add(text)
      call.write(text, start, stop)
    },
    repair: (what) => call.repair(what),
  }).read()
  const name = end.kind === 'closed' ? turn.tools.onlyMatch(json.toString()) : undefined
  if (name !== undefined) {
    call.setName(name)
    call.repair('the lost name was restored from the arguments')
  }
  yield* closing.finish(turn, call, end)
}
