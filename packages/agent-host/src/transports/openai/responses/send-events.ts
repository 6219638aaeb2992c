import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { agentHostHeader } from '../../../backend/model-server.ts'
import { toHostError } from '../../../core/errors.ts'
import { version } from '../../../version.ts'
import type { NumberedEvent } from './response-events.ts'

/** A comment so often keeps proxies from closing a stream that is silent, in milliseconds. */
const heartbeatMs = 15_000

/** Sends events as they come, each in one write; a client that reads slowly slows them down, one that leaves ends them. */
export async function sendEvents(
  reply: FastifyReply,
  open: (signal: AbortSignal) => AsyncGenerator<NumberedEvent, unknown>,
): Promise<void> {
  const { raw } = reply
  const gone = disconnectOf(reply)
  const events = open(gone)
  const first = await events.next()
  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    [agentHostHeader]: version,
  })
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), heartbeatMs)
  try {
    if (first.done !== true) await write(raw, toText(first.value), gone)
    for await (const event of events) await write(raw, toText(event), gone)
  } catch (error) {
    if (!gone.aborted) raw.write(toText(toErrorEvent(error)))
  } finally {
    clearInterval(heartbeat)
    raw.end()
  }
}

/** Aborts when the connection closes; once the answer is out, nobody listens any more. */
export function disconnectOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort())
  return controller.signal
}

/** Throws once the client is gone, which ends the generator that the event came from. */
async function write(raw: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  gone.throwIfAborted()
  if (!raw.write(text)) await once(raw, 'drain', { signal: gone })
}

function toText(event: { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** What went wrong beside the Response itself. */
export function toErrorEvent(error: unknown): { type: 'error'; code: string; message: string; param: null } {
  const { code, message } = toHostError(error)
  return { type: 'error', code, message, param: null }
}
