import type { IncomingHttpHeaders } from 'node:http'
import type { AnswerHeaders } from './outlet.ts'

/** Headers that belong to one connection (RFC 9110, 7.6.1), to the server's own site, or that our server writes itself. */
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'date',
  'server',
  'set-cookie',
  'vary',
  'alt-svc',
  'strict-transport-security',
  'x-agent-host',
])

/** Headers that describe the bytes of a body, and are wrong once it is edited. */
const ofTheBody = new Set(['content-length', 'content-md5', 'content-digest', 'digest', 'etag'])

/** A model server's headers for the client; `edited` where the body is no longer the server's. */
export function toClientHeaders(headers: IncomingHttpHeaders, edited: boolean): AnswerHeaders {
  const kept: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || dropped.has(name) || name.startsWith('access-control-')) continue
    if (edited && ofTheBody.has(name)) continue
    kept[name] = value
  }
  return kept
}
