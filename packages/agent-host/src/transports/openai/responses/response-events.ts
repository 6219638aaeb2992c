import type OpenAI from 'openai'

/** A Response as the API gives it, with every key that clients look for. */
export type ResponseObject = Omit<OpenAI.Responses.Response, 'output_text'> & {
  presence_penalty: number
  frequency_penalty: number
  store: boolean
}

export type OutputItem = OpenAI.Responses.ResponseOutputItem

type WithoutSequence<Event> = Event extends unknown ? Omit<Event, 'sequence_number'> : never

/** Raw reasoning under the name that the Open Responses specification gives it. */
interface ReasoningEvent {
  item_id: string
  output_index: number
  content_index: number
}
type OpenReasoningEvent =
  | ({ type: 'response.reasoning.delta'; delta: string } & ReasoningEvent)
  | ({ type: 'response.reasoning.done'; text: string } & ReasoningEvent)

interface StatusEvent {
  type: `response.${'created' | 'queued' | 'in_progress' | 'completed' | 'failed' | 'incomplete'}`
  response: ResponseObject
}

type ItemEvent = Exclude<
  OpenAI.Responses.ResponseStreamEvent,
  { type: StatusEvent['type'] } | { type: `response.${'image' | 'audio'}${string}` }
>

/** An event of a streamed Response before it is numbered. */
export type ResponseEvent = WithoutSequence<ItemEvent> | OpenReasoningEvent | StatusEvent

/** An event as it is sent. */
export type NumberedEvent = ResponseEvent & { sequence_number: number }
