import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { openProxy } from '../../support/open-proxy.ts'

const tools = [{ type: 'function', function: { name: 'echo', parameters: { type: 'object' } } }]
const chat = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const path = '/v1/chat/completions'

describe.each([
  ['with conversion', { tools }],
  ['without', {}],
])('a client, %s,', (_name, more) => {
  test.each([
    ['before the first byte', { noReply: 'stall' }],
    ['in the middle of a stream', { text: 'a long answer', split: 1, fault: { kind: 'stall', after: 2 } }],
  ] as const)('that leaves %s cancels at the model server', async (_when, reply) => {
    await using proxied = await openProxy({ reply })
    const client = new AbortController()
    const sent = { ...chat, ...more, stream: true }
    const answer = proxied.post(path, sent, { signal: client.signal }).then((response) => response.text())
    const upstream = await proxied.fake.received(1)
    client.abort()
    await expect(answer).rejects.toThrow('aborted')
    await upstream.closed
    expect(upstream.aborted).toBe(true)
  })

  test('that reads slowly slows the model server down, and gets every byte', async () => {
    const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(60_000) } }] })}\n\n`
    await using upstream = await startEagerServer(event, 1600)
    await using proxied = await openProxy({}, { baseUrl: upstream.url })
    const response = await openSlowly(proxied.url + path, { ...chat, ...more, stream: true })
    await upstream.slowed()
    // What nobody reads must wait at the model server: 100 MB were offered.
    expect(upstream.written()).toBeLessThan(40_000_000)
    let received = 0
    for await (const bytes of response) received += (bytes as Buffer).length
    expect(received).toBe(upstream.written())
  })
})

/** A model server that writes an event so many times, as fast as it is read. */
async function startEagerServer(event: string, count: number) {
  let written = 0
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const write = (left: number): void => {
      for (let rest = left; rest > 0; rest--) {
        written += event.length
        if (!response.write(event)) return void response.once('drain', () => write(rest - 1))
      }
      written += lastEvents.length
      response.end(lastEvents)
    }
    write(count)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written: () => written,
    /** Resolves once nothing more is taken from it. */
    async slowed() {
      let before = -1
      await vi.waitFor(
        () => {
          const grew = written !== before || written === 0
          before = written
          expect(grew).toBe(false)
        },
        { timeout: 10_000, interval: 100 },
      )
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const lastEvents = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

/** An answer of which nothing is read yet. */
async function openSlowly(url: string, body: unknown): Promise<IncomingMessage> {
  const call = httpRequest(url, { method: 'POST', headers: { 'content-type': 'application/json' } })
  call.end(JSON.stringify(body))
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  return response
}
