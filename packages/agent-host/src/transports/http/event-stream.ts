import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { agentHostHeader } from '../../backend/model-server.ts'
import { version } from '../../version.ts'
import { disconnectOf } from './disconnect.ts'

/** A comment so often keeps proxies from closing a stream that is silent, in milliseconds. */
const heartbeatMs = 15_000

export interface EventStream {
  /** The events as texts of the stream, until `signal` aborts. What fails before the first is the reply's to tell. */
  open(signal: AbortSignal): AsyncGenerator<string, unknown>
  /** The stream's last words where it fails in the middle. */
  toFailure(error: unknown): string
}

/**
 * Answers with server-sent events (WHATWG HTML, 9.2), each in one write: a client that reads slowly slows them down, and
 * one that leaves ends them.
 */
export async function sendEventStream(reply: FastifyReply, stream: EventStream): Promise<void> {
  const gone = disconnectOf(reply)
  const events = stream.open(gone)
  const first = await events.next()
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    [agentHostHeader]: version,
  })
  raw.flushHeaders()
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), heartbeatMs)
  try {
    if (first.done !== true) await write(raw, first.value, gone)
    for await (const text of events) await write(raw, text, gone)
  } catch (error) {
    if (!gone.aborted) raw.write(stream.toFailure(error))
  } finally {
    clearInterval(heartbeat)
    raw.end()
  }
}

/** Throws once the client is gone, which ends the generator that the text came from. */
async function write(raw: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  gone.throwIfAborted()
  if (!raw.write(text)) await once(raw, 'drain', { signal: gone })
}
