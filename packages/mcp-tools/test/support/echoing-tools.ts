import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createHttpRequest } from '../../src/tools/http-request/http-request.ts'
import type { HttpRequestOptions } from '../../src/tools/http-request/run.ts'
import type { Tool } from '../../src/tools/tool.ts'
import { createFakeNetwork, type FakeNetwork } from './fake-network.ts'

/** Bytes that `/large` gives: half of them at once, the rest once somebody asks for `/more`. */
export const largeBytes = 1_500_000

/** What a fake public server was sent, but for requests to `/seen`, where it tells. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A public name; `/near/STATUS` redirects within it, `/away/STATUS` to the other. */
export const publicHost = 'example.com'
export const otherPublicHost = 'www.example.org'

/** `http_request` with `options`, over a fake network which keeps what it is sent. */
export async function createEchoingTools(options: HttpRequestOptions = {}): Promise<{
  readonly tools: readonly Tool[]
  readonly network: FakeNetwork
  readonly seen: readonly SeenRequest[]
}> {
  const seen: SeenRequest[] = []
  const waiting: (() => void)[] = []
  const network = await createFakeNetwork({
    names: {
      [publicHost]: [['93.184.215.14']],
      [otherPublicHost]: [['93.184.215.15']],
      'in.example.com': [['10.0.0.1']],
    },
    respond(request, response, url) {
      answer(request, response, url, { seen, waiting }).catch((error: unknown) => response.destroy(error as Error))
    },
  })
  return { tools: [createHttpRequest({ ...network.options, ...options })], network, seen }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  { seen, waiting }: { seen: SeenRequest[]; waiting: (() => void)[] },
): Promise<void> {
  const body = await text(request)
  const { pathname } = new URL(url)
  if (pathname === '/seen') {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(seen))
    return
  }
  if (pathname === '/large') {
    const half = 'x'.repeat(largeBytes / 2)
    response.writeHead(200, { 'content-length': largeBytes }).write(half)
    waiting.push(() => response.end(half))
    return
  }
  if (pathname === '/more') for (const proceed of waiting.splice(0)) proceed()
  seen.push({ method: request.method ?? '', url, headers: request.headers, body })
  const [, where, status] = pathname.split('/')
  const locations: Record<string, string> = { away: `https://${otherPublicHost}/there`, near: '/there' }
  const location = locations[where ?? '']
  if (location === undefined) response.end(`took ${request.method} ${body}`)
  else response.writeHead(Number(status), { location }).end()
}
