// What `tools.ts` calls, in a process of its own: a small answer at /, a page of 20 KB at /page, 100 MB at /large, and at
// /closed how many connections are open that carried /large.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

const small = JSON.stringify({ hello: 'world', items: [1, 2, 3] })
const page = 'All happy families are alike; each unhappy family is unhappy in its own way.\n'.repeat(260)
const chunk = Buffer.alloc(64 * 1024, 'x')
const largeBytes = 100_000_000

const carriers = new Set<Socket>()

const server = createServer((request, response) => {
  if (request.url === '/large') sendLarge(response)
  else if (request.url === '/page') response.setHeader('content-type', 'text/plain').end(page)
  else if (request.url === '/open') response.end(String([...carriers].filter(({ destroyed }) => !destroyed).length))
  else response.setHeader('content-type', 'application/json').end(small)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))

function sendLarge(response: ServerResponse): void {
  if (response.socket !== null) carriers.add(response.socket)
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': largeBytes })
  let left = largeBytes
  const send = () => {
    while (left > 0 && !response.destroyed) {
      const part = chunk.subarray(0, left)
      left -= part.length
      if (!response.write(part)) return
    }
    response.end()
  }
  response.on('drain', send)
  send()
}
