import type { WebSocket } from 'ws'
import type { Logger } from '../../../core/logger.ts'
import { toHostError } from '../../../core/errors.ts'
import { type ConnectionMemory, createConnectionMemory } from './connection-memory.ts'
import type { ResponsesService } from './service.ts'
import { readCreateMessage, tooManyMessages, toSocketError } from './socket-messages.ts'

export interface SocketOptions {
  service: Pick<ResponsesService, 'create'>
  /** Counts a request against the caller's limit. @throws HostError `rate_limit_exceeded` */
  charge(): Promise<void>
  log: Logger
}

/** Requests that may wait on one connection for those before them. */
const mostWaiting = 16
/** Bytes that may wait to be sent before the run's log is read on. */
const mostBuffered = 256 * 1024
const heartbeatMs = 15_000
/** Heartbeats without an answer after which nobody is there. */
const mostMissed = 4

/** Answers the `response.create` messages of a connection, one after the other; its close cancels what goes on. */
export function serveSocket(socket: WebSocket, options: SocketOptions): void {
  const memory = createConnectionMemory()
  const gone = new AbortController()
  const waiting: string[] = []
  let working = false
  let isFirst = true
  const stopHeart = watchHeart(socket)

  async function work(): Promise<void> {
    working = true
    for (let text = waiting.shift(); text !== undefined && !gone.signal.aborted; text = waiting.shift()) {
      // The request that opened the connection was counted already.
      const charge = isFirst ? () => Promise.resolve() : options.charge
      isFirst = false
      await answer(text, { ...options, charge, socket, memory, gone: gone.signal })
    }
    working = false
  }

  socket.on('message', (data: Buffer) => {
    if (waiting.length >= mostWaiting) {
      return void send(socket, toSocketError(tooManyMessages(mostWaiting), undefined)).catch(() => socket.terminate())
    }
    waiting.push(data.toString())
    if (!working) void work()
  })
  // What breaks a connection also closes it.
  socket.on('error', (error) => options.log.debug({ err: error }, 'a WebSocket broke'))
  socket.once('close', () => {
    stopHeart()
    gone.abort()
    memory.close()
  })
}

interface Turn extends SocketOptions {
  socket: WebSocket
  memory: ConnectionMemory
  gone: AbortSignal
}

async function answer(text: string, { service, charge, log, socket, memory, gone }: Turn): Promise<void> {
  let lane: { stream_id?: string } = {}
  let next: number | undefined
  try {
    const { body, streamId } = readCreateMessage(text)
    if (streamId !== undefined) lane = { stream_id: streamId }
    await charge()
    const response = await service.create(body, memory)
    for await (const event of response.events(gone)) {
      next = event.sequence_number + 1
      await send(socket, { ...event, ...lane })
    }
  } catch (error) {
    if (gone.aborted) return
    // As the protocol has it: what fails is not gone on from.
    memory.forget()
    if (toHostError(error).code === 'internal') log.error({ err: error }, 'a request on a WebSocket failed')
    await send(socket, { ...toSocketError(error, next), ...lane }).catch(() => socket.terminate())
  }
}

/** Waits while the client reads more slowly than it is sent to. */
function send(socket: WebSocket, event: object): Promise<void> {
  const text = JSON.stringify(event)
  return new Promise((resolve, reject) => {
    const isFull = socket.bufferedAmount > mostBuffered
    socket.send(text, (error) => (error ? reject(error) : resolve()))
    if (!isFull) resolve()
  })
}

/** Keeps proxies from closing a silent connection, and closes one whose client is gone. Returns what stops it. */
function watchHeart(socket: WebSocket): () => void {
  let missed = 0
  socket.on('pong', () => (missed = 0))
  const timer = setInterval(() => {
    if (missed++ >= mostMissed) socket.terminate()
    else socket.ping()
  }, heartbeatMs)
  return () => clearInterval(timer)
}
