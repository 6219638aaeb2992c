import { createEventReader } from './read-response-stream.ts'
import { createStreamChecker } from './response-stream-checker.ts'

/**
 * `fetch` for clients of the Responses API, which refuses a stream that any of them would choke on: it breaks off where
 * it is wrong, or ends without an end.
 */
export const checkingFetch: typeof fetch = async (...request) => {
  const answer = await fetch(...request)
  const { pathname, searchParams } = new URL(answer.url)
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  // The rest of a stream has no beginning; what it is the rest of was checked.
  if (!isStream || !pathname.includes('/responses') || searchParams.has('starting_after')) return answer
  const { status, headers } = answer
  return new Response(answer.body?.pipeThrough(createCheck()), { status, headers })
}

function createCheck(): TransformStream<Uint8Array, Uint8Array> {
  const reader = createEventReader()
  const checker = createStreamChecker()
  return new TransformStream({
    transform(bytes, controller) {
      for (const event of reader.push(bytes)) checker.add(event)
      controller.enqueue(bytes)
    },
    flush() {
      reader.end()
      checker.end()
    },
  })
}
