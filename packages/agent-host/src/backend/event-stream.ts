import { StringDecoder } from 'node:string_decoder'
import { createParser } from 'eventsource-parser'
import { HostError } from '../core/errors.ts'

/** One event's data is never larger than this, so that a server without line breaks cannot fill the memory. */
const maxEventCharacters = 16 * 1024 * 1024

/**
 * The `data` of each server-sent event, in order; comments, ids and event names are dropped (WHATWG HTML, 9.2).
 *
 * @throws HostError `model_failed` where one event is over 16 M characters; whatever else is odd in a stream is skipped as the
 * standard says.
 */
export async function* readEventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  const ready: string[] = []
  let overflow = false
  const parser = createParser({
    maxBufferSize: maxEventCharacters,
    onEvent: (event) => ready.push(event.data),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') overflow = true
    },
  })
  for await (const bytes of body) {
    parser.feed(decoder.write(bytes))
    for (const data of ready.splice(0)) yield data
    if (overflow)
      throw new HostError('model_failed', 'The model server sent an event of more than 16 million characters.')
  }
  // A server that closes right after its last line leaves that event without the blank line that ends it.
  parser.feed(`${decoder.end()}\n\n`)
  yield* ready
}
