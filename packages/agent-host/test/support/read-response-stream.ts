import type OpenAI from 'openai'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { createStreamChecker, type StreamedEvent } from './response-stream-checker.ts'

export interface ReadResponseStream {
  events: StreamedEvent[]
  /** The Response of the last event. */
  response: Record<string, unknown>
}

/** Each event of a stream as it comes; `onComment` is given the comment lines between them. */
export async function* readEvents(
  answer: Response,
  onComment: (text: string) => void = () => {},
): AsyncGenerator<StreamedEvent> {
  const reader = createEventReader(onComment)
  for await (const bytes of answer.body ?? []) yield* reader.push(bytes as Uint8Array)
  reader.end()
}

/** The events of a stream, from its bytes. */
export function createEventReader(onComment: (text: string) => void = () => {}) {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    push(bytes: Uint8Array): StreamedEvent[] {
      const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) if (frame.startsWith(':')) onComment(frame)
      return frames.filter((frame) => !frame.startsWith(':')).map(toEvent)
    },
    end(): void {
      if (rest !== '') throw new Error(`the stream ended in the middle of ${JSON.stringify(rest)}`)
    },
  }
}

function toEvent(frame: string): StreamedEvent {
  const [, type, data = ''] = /^event: (.+)\ndata: (.+)$/.exec(frame) ?? []
  const event = JSON.parse(data) as StreamedEvent
  if (event.type !== type) throw new Error(`an event is called ${type} outside and ${event.type} inside`)
  return event
}

/** A stream that is read to its end, as strictly as any client reads it. */
export async function readResponseStream(answer: Response): Promise<ReadResponseStream> {
  const events = []
  for await (const event of readEvents(answer)) events.push(event)
  return { events, response: checkEvents(events) }
}

/** Refuses a stream that a client would choke on, OpenAI's own too; gives its last Response. */
export function checkEvents(events: readonly StreamedEvent[]): Record<string, unknown> {
  const checker = createStreamChecker()
  let seen: OpenAI.Responses.Response | undefined
  for (const event of events) {
    checker.add(event)
    seen = accumulateResponse(event as unknown as OpenAI.Responses.ResponseStreamEvent, seen)
  }
  return checker.end()
}

/** The events up to the one that is looked for, and that one; all where there is none. */
export async function takeUntil(
  events: AsyncGenerator<StreamedEvent>,
  isLast: (event: StreamedEvent) => boolean,
): Promise<StreamedEvent[]> {
  const taken: StreamedEvent[] = []
  // A loop with `for await` would end the generator, which is read on later.
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    taken.push(next.value)
    if (isLast(next.value)) break
  }
  return taken
}
