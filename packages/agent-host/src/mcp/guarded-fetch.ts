import type { FetchLike } from '@modelcontextprotocol/client'
import type { GuardedClient, GuardedResponse } from 'mcp-tools'
import { HostError } from '../core/errors.ts'

/** A session that is left behind is the server's small loss, and no reason to wait, in milliseconds. */
const farewellMs = 2000

/**
 * A `fetch` for MCP's Streamable HTTP that reaches only whom the guarded client lets it. Answers are read whole, so that
 * the stream which a server keeps open for its own messages is declined, as servers without one decline it.
 */
export function createGuardedFetch(client: GuardedClient, timeoutMs: number): FetchLike {
  return async (url, init = {}) => {
    const { method = 'GET', body, signal } = init
    if (method === 'GET') return new Response(null, { status: 405 })
    const answer = await client.request({
      url: String(url),
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      timeoutMs: method === 'DELETE' ? farewellMs : timeoutMs,
      // A redirect would lead somewhere else than what the operator's rules were asked about.
      followRedirects: false,
      cache: false,
      ...(typeof body === 'string' && { body: Buffer.from(body) }),
      ...(signal && { signal }),
    })
    return toResponse(answer)
  }
}

function toResponse({ status, headers, body }: GuardedResponse): Response {
  if (!body.complete) {
    throw new HostError('tool_server_failed', `The MCP server sent more than ${body.bytes.length} bytes in one answer.`)
  }
  const fields = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => [name, each] as const))
  // The body is unpacked, and an empty one is none: some statuses may not have any.
  const kept = fields.filter(([name]) => name !== 'content-encoding' && name !== 'content-length')
  return new Response(body.bytes.length === 0 ? null : new Uint8Array(body.bytes), {
    status,
    headers: kept.map(([name, value]): [string, string] => [name, value]),
  })
}
