import type OpenAI from 'openai'
import type { TokenLogprob } from '../../../core/events.ts'
import type { Annotation } from '../../../core/message.ts'
import type { Output, Place } from './output.ts'

type Message = OpenAI.Responses.ResponseOutputMessage
type Part = Message['content'][number]
type TextAnnotation = OpenAI.Responses.ResponseOutputText['annotations'][number]
type TextLogprob = NonNullable<OpenAI.Responses.ResponseOutputText['logprobs']>[number]
type Kind = 'text' | 'refusal'

/** Writes the texts and refusals of a turn; those that follow each other are parts of one message. */
export interface MessageWriter {
  /** Adds to the open part; a text after a refusal, or after a call, begins a part of its own. */
  delta(kind: Kind, text: string, logprobs?: readonly TokenLogprob[]): void
  annotate(annotation: Annotation): void
  /** Ends the open part. */
  end(): void
  /** Ends the message, if one is open. What stands before a call is commentary, the rest is the answer. */
  close(phase: NonNullable<Message['phase']>, status?: Message['status']): void
}

interface OpenPart {
  kind: Kind
  at: Place & { content_index: number }
  pieces: string[]
  annotations: TextAnnotation[]
  logprobs: TextLogprob[]
}

export function createMessageWriter(output: Output): MessageWriter {
  let place: Place | undefined
  let parts: Part[] = []
  let open: OpenPart | undefined

  function end(): void {
    if (!open) return
    parts.push(endPart(output, open))
    open = undefined
  }

  function start(kind: Kind): OpenPart {
    end()
    place ??= output.open('msg', (id) => toMessage(id, 'in_progress', []))
    open = { kind, at: { ...place, content_index: parts.length }, pieces: [], annotations: [], logprobs: [] }
    output.emit({ type: 'response.content_part.added', ...open.at, part: toPart(kind, '', [], []) })
    return open
  }

  return {
    end,
    delta(kind, text, tokens = []) {
      const part = open?.kind === kind ? open : start(kind)
      const logprobs = tokens.map(toLogprob)
      part.pieces.push(text)
      part.logprobs.push(...logprobs)
      output.emit(
        kind === 'text'
          ? { type: 'response.output_text.delta', ...part.at, delta: text, logprobs }
          : { type: 'response.refusal.delta', ...part.at, delta: text },
      )
    },
    annotate(annotation) {
      if (open?.kind !== 'text') return
      // What a model server cites is passed on as it came.
      const cited = annotation as unknown as TextAnnotation
      const annotation_index = open.annotations.length
      output.emit({ type: 'response.output_text.annotation.added', ...open.at, annotation_index, annotation: cited })
      open.annotations.push(cited)
    },
    close(phase, status = 'completed') {
      end()
      if (place) output.done(place, { ...toMessage(place.item_id, status, parts), phase })
      place = undefined
      parts = []
    },
  }
}

function endPart(output: Output, { kind, at, pieces, annotations, logprobs }: OpenPart): Part {
  const text = pieces.join('')
  const part = toPart(kind, text, annotations, logprobs)
  output.emit(
    kind === 'text'
      ? { type: 'response.output_text.done', ...at, text, logprobs }
      : { type: 'response.refusal.done', ...at, refusal: text },
  )
  output.emit({ type: 'response.content_part.done', ...at, part })
  return part
}

function toPart(kind: Kind, text: string, annotations: TextAnnotation[], logprobs: TextLogprob[]): Part {
  return kind === 'text' ? { type: 'output_text', text, annotations, logprobs } : { type: 'refusal', refusal: text }
}

/** With each of the keys that OpenAI's have. */
function toLogprob({ token, logprob, bytes, top_logprobs: top }: TokenLogprob): TextLogprob {
  const others = (top ?? []).map((other) => ({ ...other, bytes: other.bytes ?? [] }))
  return { token, logprob, bytes: bytes ?? [], top_logprobs: others }
}

function toMessage(id: string, status: Message['status'], content: Part[]): Message {
  return { id, type: 'message', status, role: 'assistant', content }
}
