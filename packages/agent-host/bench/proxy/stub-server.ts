// A model server that costs next to nothing: it writes events that were made before, at the pace that the request names,
// else that of its argument.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const words = 'The quick brown fox jumps over the lazy dog while it rains in Seoul and nobody minds at all'.split(' ')
const head = { id: 'chatcmpl-8d2f3a1b9c', object: 'chat.completion.chunk', created: 1_750_000_000, model: 'bench' }

const eventOf = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] })}\n\n`

const prose = Array.from({ length: 64 }, (_, at) => Buffer.from(eventOf({ content: ` ${words[at % words.length]}` })))
const first = Buffer.from(eventOf({ role: 'assistant', content: '' }))
const last = Buffer.from(`${eventOf({}, 'stop')}data: [DONE]\n\n`)
const argumentsOf = (text: string): string => eventOf({ tool_calls: [{ index: 0, function: { arguments: text } }] })
const callHead = { id: 'call_5e3c9a71b2', type: 'function', function: { name: 'get_weather', arguments: '' } }
/** The arguments of one long call: `{"query":" The quick …"}`. */
const call = {
  first: Buffer.from(eventOf({ tool_calls: [{ index: 0, ...callHead }] }) + argumentsOf('{"query":"')),
  middle: words.map((word) => Buffer.from(argumentsOf(` ${word}`))),
  last: Buffer.from(`${argumentsOf('"}')}${eventOf({}, 'tool_calls')}data: [DONE]\n\n`),
}
const message = { role: 'assistant', content: words.join(' ') }
const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 20, completion_tokens: 20, total_tokens: 40 },
  }),
)

interface Pace {
  stream?: boolean
  /** How many writes a stream has. */
  writes?: number
  /** Events in each write. */
  burst?: number
  /** Milliseconds between writes. */
  pace_ms?: number
  /** Whether the stream is of one call's arguments. */
  calls?: boolean
}

const usual = JSON.parse(process.argv[2] ?? '{}') as Pace

const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const { stream, ...pace } = JSON.parse(Buffer.concat(pieces).toString() || '{}') as Pace
    if (stream) return sendEvents(response, { ...usual, ...pace })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole)
  })
})

function sendEvents(response: ServerResponse, { writes = 1, burst = 1, pace_ms: pace = 0, calls }: Pace): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  const stream = calls ? call : { first, middle: prose, last }
  response.write(stream.first)
  let left = writes
  const started = performance.now()
  const next = (): void => {
    if (response.destroyed) return
    if (left-- === 0) return void response.end(stream.last)
    const { middle } = stream
    const events = Array.from({ length: burst }, (_, at) => middle[(left * burst + at) % middle.length] ?? first)
    const drained = response.write(events.length === 1 ? events[0] : Buffer.concat(events))
    // By the clock, so that what one write comes late the next does not.
    if (pace > 0) setTimeout(next, started + (writes - left + 1) * pace - performance.now())
    else if (drained) setImmediate(next)
    else response.once('drain', next)
  }
  if (pace > 0) setTimeout(next, pace)
  else next()
}

server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
