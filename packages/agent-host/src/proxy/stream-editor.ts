import { HostError, toHostError } from '../core/errors.ts'
import type { ChoiceEditor } from './choice-editor.ts'
import { toErrorEvents, toOpenAIError } from './error-answer.ts'
import { createEventFrames, type EventFrame } from './event-frames.ts'
import { toErrorShape } from './refused-answer.ts'
import { createStreamChoices, type StreamChoices } from './stream-choices.ts'
import { streamCutShort } from './stream-tail.ts'
import { isObject, parseJson } from './wire.ts'

type StreamState = 'open' | 'done' | 'failed'

/** Edits a streamed answer. Events that need no edit leave as the bytes they came in. */
export interface StreamEditor {
  /** What to send for these bytes; undefined for nothing. */
  push(bytes: Buffer): Uint8Array | undefined
  /** What to send where the server ended, or the connection failed: what the answer still lacks, or an error event. */
  end(failure?: Error): string
  /** `done` once the server said that nothing follows, `failed` once an error was told. */
  state(): StreamState
  readonly choices: Pick<StreamChoices, 'started' | 'calls' | 'reasons'>
}

interface Options {
  /** Makes the editor of a choice. */
  createEditor: () => ChoiceEditor
  /** Takes our secrets out of a server's words. */
  redact: (text: string) => string
}

export function createStreamEditor({ createEditor, redact }: Options): StreamEditor {
  const frames = createEventFrames()
  const choices = createStreamChoices(createEditor)
  let state: StreamState = 'open'

  function failWith(body: object): string {
    state = 'failed'
    return choices.close('error') + toErrorEvents(body)
  }
  const fail = (error: Error): string => failWith(toOpenAIError(toHostError(error)))

  /** The event as it leaves; undefined where it may stay as it is. */
  function edit(data: string): string | undefined {
    if (data === '[DONE]') {
      state = 'done'
      const rest = choices.close('stop')
      return rest === '' ? undefined : `${rest}data: [DONE]\n\n`
    }
    const chunk = parseJson(data)
    if (!isObject(chunk)) return fail(notJson(redact(data)))
    if (chunk.error != null) return failWith(toErrorShape(chunk.error, redact))
    return choices.edit(chunk)
  }

  function editFrame({ bytes, data }: EventFrame): Uint8Array {
    if (state !== 'open') return empty
    const edited = data === undefined ? undefined : edit(data)
    return edited === undefined ? bytes : Buffer.from(edited)
  }

  return {
    state: () => state,
    choices,
    push(bytes) {
      const begins = !frames.holds()
      const found = frames.push(bytes)
      if (found.length === 0) return undefined
      const leaving = found.map((frame) => editFrame(frame))
      const same = begins && !frames.holds() && leaving.every((event, at) => event === found[at]?.bytes)
      // Events that came in one piece and need no edit leave in that piece.
      const all = same ? bytes : found.length === 1 ? leaving[0] : Buffer.concat(leaving)
      return all?.length === 0 ? undefined : all
    },
    end(failure) {
      if (state !== 'open') return ''
      if (failure) return fail(failure)
      const last = frames.end()
      // The server left out the blank line behind its last event.
      const text = last ? `${Buffer.from(editFrame(last)).toString('utf8').trimEnd()}\n\n` : ''
      if (state !== 'open') return text
      // One that said why its answer ended only forgot to say that nothing follows.
      return text + (choices.finished() ? 'data: [DONE]\n\n' : fail(streamCutShort()))
    },
  }
}

const empty = new Uint8Array()

function notJson(data: string): HostError {
  return new HostError('model_failed', `The model server sent an event that is not JSON: ${data.slice(0, 200)}`)
}
