import type { ServerResponse } from 'node:http'
import { createTools } from '../../src/tools/registry.ts'
import type { Tool } from '../../src/tools/tool.ts'
import { createFakeNetwork, type FakeNetwork } from './fake-network.ts'
import { knownHost } from './hostile-inputs.ts'

const json = 'application/json'

/** Answers that are odd but whole; the path's number picks one. */
const pages: readonly (readonly [status: number, type: string, body: string | Buffer])[] = [
  [200, 'text/plain', 'plain'],
  [200, json, '['.repeat(100_000) + ']'.repeat(100_000)],
  [200, json, '['.repeat(9_000) + ']'.repeat(9_000)],
  [200, json, '{"a":"\\ud800","\\udc00":1,"__proto__":{"b":2}}'],
  [200, json, '{"a":'],
  [200, json, ''],
  [200, 'text/html; charset=x-unknown', '<p>'.repeat(3_000)],
  [200, 'text/html', '<table><tr><td>\0<a href="javascript:x">'],
  [200, 'text/plain; charset=utf-8', Buffer.from([0xff, 0xfe, 0xc3, 0x28])],
  [200, 'text/plain; charset=euc-kr', Buffer.from([0xc7, 0xd1, 0xb1])],
  [200, 'image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
  [200, 'a/b;;c="', 'odd type'],
  [302, 'text/plain', '/0'],
  [302, 'text/plain', 'http://127.0.0.1/'],
  [302, 'text/plain', '::'],
  [404, 'text/plain', 'not here'],
  [500, json, 'null'],
]

/** Both tools as they are served, over a network that is not there, where nobody has to wait. */
export async function createHostileTools(): Promise<{
  readonly tools: readonly Tool[]
  readonly network: FakeNetwork
}> {
  const network = await createFakeNetwork({
    names: { [knownHost]: [['93.184.215.14']] },
    respond: (_request, response, url) => answer(response, Number.parseInt(new URL(url).pathname.slice(1), 10)),
  })
  const many = 1_000_000
  const limits = { unlistedPerSecond: many, requestBurst: many, unlistedPerMinute: many, maxAttempts: 1 }
  return {
    tools: createTools({ http: { ...network.options, allow: `http://${knownHost},https://${knownHost}`, limits } }),
    network,
  }
}

function answer(response: ServerResponse, page: number): void {
  const [status, type, body] = pages[page] ?? [200, 'text/plain', 'reached']
  response.writeHead(status, { 'content-type': type, ...(status === 302 && { location: String(body) }) }).end(body)
}
