import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { agentHostHeader } from '../../backend/model-server.ts'
import type { Outlet } from '../../proxy/outlet.ts'
import { version } from '../../version.ts'

/**
 * The client of a Fastify request. Its answer is written to the socket at once, past Fastify's own sending. Functions,
 * not accessors: an object literal with those takes longer to make than a small request to pass.
 */
export function createOutlet(reply: FastifyReply): Outlet {
  const { raw } = reply
  let cancelled = raw.destroyed
  let tell: (() => void) | undefined
  let gone: AbortController | undefined
  raw.once('close', () => {
    if (raw.writableFinished) return
    cancelled = true
    tell?.()
    gone?.abort()
  })
  return {
    isCancelled: () => cancelled,
    onCancel(listener) {
      tell = listener
    },
    signal() {
      gone ??= new AbortController()
      if (cancelled) gone.abort()
      return gone.signal
    },
    start(status, headers) {
      reply.hijack()
      raw.writeHead(status, { ...ours(reply), ...headers, [agentHostHeader]: version })
    },
    write: (bytes) => raw.write(bytes),
    end(bytes) {
      if (bytes === undefined) raw.end()
      else raw.end(bytes)
    },
    fail: (error) => void raw.destroy(error),
    onDrain: (listener) => void raw.on('drain', listener),
  }
}

/** What hooks have set, such as CORS headers. */
function ours(reply: FastifyReply): OutgoingHttpHeaders {
  return reply.getHeaders() as OutgoingHttpHeaders
}
