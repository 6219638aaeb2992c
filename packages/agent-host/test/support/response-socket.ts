import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { createStreamChecker, type StreamedEvent } from './response-stream-checker.ts'

export interface SocketTurn {
  events: StreamedEvent[]
  /** The last Response; absent where the turn ended in an error. */
  response: Record<string, unknown> | undefined
  error: { status: number; error: { code: string; message: string; param: string | null } } | undefined
}

/** A client of `/v1/responses` over a WebSocket that reads as strictly as any: `next` throws where a stream is wrong. */
export interface ResponseSocket extends AsyncDisposable {
  /** Sends a `response.create` with these fields, and reads to the end of its Response or to an error. */
  turn(fields: Record<string, unknown>): Promise<SocketTurn>
  send(text: string): void
  /** The next message. */
  next(): Promise<StreamedEvent>
  readonly socket: WebSocket
}

/** `url` is where the service listens. Rejects where the connection is refused. */
export async function openResponseSocket(url: string, options: ClientOptions = {}): Promise<ResponseSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, options)
  const messages: StreamedEvent[] = []
  const arrived = new EventTarget()
  let checker = createStreamChecker()
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as StreamedEvent)
    arrived.dispatchEvent(new Event('message'))
  })
  await once(socket, 'open')

  async function next(): Promise<StreamedEvent> {
    while (messages.length === 0) await once(arrived, 'message')
    const event = messages.shift() as StreamedEvent
    // An error is of no Response, or the last word on one.
    if (event.type !== 'error') checker.add(event)
    if (event.type === 'error' || isEnd(event)) checker = createStreamChecker()
    return event
  }

  return {
    socket,
    next,
    send: (text) => socket.send(text),
    async turn(fields) {
      socket.send(JSON.stringify({ type: 'response.create', ...fields }))
      return await readTurn(next)
    },
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

async function readTurn(next: () => Promise<StreamedEvent>): Promise<SocketTurn> {
  const events: StreamedEvent[] = []
  while (true) {
    const event = await next()
    if (event.type === 'error') return { events, response: undefined, error: event as unknown as SocketTurn['error'] }
    events.push(event)
    if (isEnd(event)) return { events, response: event.response as Record<string, unknown>, error: undefined }
  }
}

function isEnd({ type }: StreamedEvent): boolean {
  return /^response\.(?:completed|incomplete|failed)$/.test(type)
}
