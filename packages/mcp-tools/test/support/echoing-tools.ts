import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createHttpRequest } from '../../src/tools/http-request/http-request.ts'
import type { Tool } from '../../src/tools/tool.ts'
import { createFakeNetwork, type FakeNetwork } from './fake-network.ts'

/** What a fake public server was sent, but for requests to `/seen`, where it tells. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** The public name that {@link createEchoingTools} knows; `/away/STATUS` redirects to the other. */
export const publicHost = 'example.com'
export const otherPublicHost = 'www.example.org'

/** `http_request` over a fake network, which keeps what it is sent. */
export async function createEchoingTools(): Promise<{
  readonly tools: readonly Tool[]
  readonly network: FakeNetwork
  readonly seen: readonly SeenRequest[]
}> {
  const seen: SeenRequest[] = []
  const network = await createFakeNetwork({
    names: {
      [publicHost]: [['93.184.215.14']],
      [otherPublicHost]: [['93.184.215.15']],
      'in.example.com': [['10.0.0.1']],
    },
    respond(request, response, url) {
      answer(request, response, url, seen).catch((error: unknown) => response.destroy(error as Error))
    },
  })
  return { tools: [createHttpRequest(network.options)], network, seen }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  seen: SeenRequest[],
): Promise<void> {
  const body = await text(request)
  const { pathname } = new URL(url)
  if (pathname === '/seen') {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(seen))
    return
  }
  seen.push({ method: request.method ?? '', url, headers: request.headers, body })
  const [, where, status] = pathname.split('/')
  const locations: Record<string, string> = { away: `https://${otherPublicHost}/there`, near: '/there' }
  const location = locations[where ?? '']
  if (location === undefined) response.end(`took ${request.method} ${body}`)
  else response.writeHead(Number(status), { location }).end()
}
