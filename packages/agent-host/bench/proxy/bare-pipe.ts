// The least that a proxy can be: Node's server, undici's stream, and nothing between them. Its argument is the server.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, stream } from 'undici'

const [, , upstream = ''] = process.argv
const dispatcher = new Agent({ headersTimeout: 300_000, bodyTimeout: 300_000 })

const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const body = Buffer.concat(pieces)
    const options = { dispatcher, method: 'POST', headers: { 'content-type': 'application/json' }, body } as const
    stream(`${upstream}${request.url ?? ''}`, options, ({ statusCode, headers }) => {
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = headers
      return response.writeHead(statusCode, kept)
    }).catch(() => response.destroy())
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
