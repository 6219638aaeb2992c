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

/** Characters that are held back at most before they are written. */
const mostHeld = 16 * 1024

/**
 * Answers with server-sent events (WHATWG HTML, 9.2). None is split over two writes; those that are ready at once leave
 * in one: a client that reads slowly slows them down, and
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
  // A client that does not read needs no sign of life, and they would pile up.
  const heartbeat = setInterval(() => raw.writableNeedDrain || raw.write(': still here\n\n'), heartbeatMs)
  const writer = createTextWriter(raw, gone)
  try {
    if (first.done !== true) await writer.write(first.value)
    for await (const text of events) await writer.write(text)
  } catch (error) {
    if (!gone.aborted) await writer.write(stream.toFailure(error))
  } finally {
    clearInterval(heartbeat)
    writer.end()
  }
}

interface TextWriter {
  /** Waits while the client reads too slowly. Throws once it is gone, which ends the generator that the text came from. */
  write(text: string): Promise<void> | undefined
  end(): void
}

function createTextWriter(raw: ServerResponse, gone: AbortSignal): TextWriter {
  let held = ''
  function flush(): void {
    if (held === '') return
    raw.write(held)
    held = ''
  }
  return {
    write(text) {
      gone.throwIfAborted()
      // It runs once all that is ready now was written here.
      if (held === '') process.nextTick(flush)
      held += text
      if (held.length >= mostHeld) flush()
      return raw.writableNeedDrain ? once(raw, 'drain', { signal: gone }).then(() => undefined) : undefined
    },
    end() {
      flush()
      raw.end()
    },
  }
}
