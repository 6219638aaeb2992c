import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RoundRobin extends AsyncDisposable {
  url: string
  /** The addresses that the requests so far went to, in order. */
  taken: string[]
}

/** A plain proxy that sends each request to the next of these addresses, and knows nothing of sessions. */
export async function startRoundRobin(urls: readonly string[]): Promise<RoundRobin> {
  const taken: string[] = []
  const server = createServer((incoming, outgoing) => {
    const url = urls[taken.length % urls.length] ?? ''
    taken.push(url)
    const { method = 'GET', headers, url: path = '/' } = incoming
    // As nginx does by default: the replica is asked under its own name.
    const forwarded = request(new URL(path, url), { method, headers: { ...headers, host: new URL(url).host } })
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()))
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
