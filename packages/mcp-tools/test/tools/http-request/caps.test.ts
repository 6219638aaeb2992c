import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import {
  brotliCompressSync,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

const limits = { maxWireBytes: 100_000, maxBodyBytes: 100_000 }

async function call(options: FakeNetworkOptions, args: Readonly<Record<string, unknown>> = {}) {
  network = await createFakeNetwork({ names: { 'example.com': [['93.184.215.14']] }, ...options })
  const outcome = await callHttpRequest({ ...network.options, limits }, { url: 'http://example.com/', ...args })
  // Whatever happened, nothing is left open behind it.
  await network.closed()
  return outcome
}

test('a slow drip ends with the time, not with the drip', async () => {
  const outcome = await call({ respond: drip }, { timeout_ms: 300 })
  expect(outcome.code).toBe('timeout')
})

test('a server that never answers ends with the time', async () => {
  const outcome = await call({ raw: (socket) => socket.resume() }, { timeout_ms: 200 })
  expect(outcome.code).toBe('timeout')
})

test('an endless chunked body is read up to the limit', async () => {
  const { answer } = await call({ respond: (_request, response) => flood(response, 'x'.repeat(10_000)) })
  expect(answer).toMatchObject({ status: 200, bytes: 100_000, truncated: true, next_start_index: 20_000 })
  expect(answer?.hint).toContain('Only the first 100000 bytes were read')
})

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
])('a %s bomb is refused', async (encoding, compress) => {
  const bomb = compress(Buffer.alloc(5_000_000))
  const outcome = await call({
    respond: (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
  })
  expect(outcome.code).toBe('too_large')
})

test.each([
  ['gzip', createGzip],
  ['br', createBrotliCompress],
  ['zstd', createZstdCompress],
])('%s data that never ends is read up to the limit', async (encoding, createPacker) => {
  const { answer } = await call({
    respond(_request, response) {
      response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' })
      const packer = createPacker()
      packer.pipe(response)
      let line = 0
      const write = () => {
        while (!response.destroyed && packer.write(`${Math.sin((line += 1))}`));
      }
      packer.on('drain', write)
      response.on('close', () => packer.destroy())
      write()
    },
  })
  expect(answer).toMatchObject({ status: 200, bytes: 100_000, truncated: true })
})

test('a bomb in a bomb is refused', async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)))
  const outcome = await call({
    respond: (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb),
  })
  expect(outcome.code).toBe('too_large')
})

test('an ordinary packed body is unpacked, and cut at the limit', async () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `line ${index}`).join('\n')
  const { answer } = await call({
    respond(_request, response) {
      response.writeHead(200, { 'content-encoding': 'br', 'content-type': 'text/plain' }).end(brotliCompressSync(text))
    },
  })
  expect(answer).toMatchObject({ bytes: 100_000, truncated: true, body: text.slice(0, 20_000) })
})

test('a packed body larger on the wire than the limit gives what came out of it', async () => {
  const noise = Array.from({ length: 40_000 }, (_, index) => Math.sin(index).toString(36).slice(3)).join('')
  const packed = gzipSync(noise)
  expect(packed.length).toBeGreaterThan(limits.maxWireBytes)
  network = await createFakeNetwork({
    names: { 'example.com': [['93.184.215.14']] },
    respond(_request, response) {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }).end(packed)
    },
  })
  const wide = { ...limits, maxBodyBytes: 10_000_000 }
  const { answer } = await callHttpRequest({ ...network.options, limits: wide }, { url: 'http://example.com/' })
  expect(answer?.truncated).toBe(true)
  expect(noise.startsWith(answer?.body ?? 'nothing')).toBe(true)
})

test('a body that is not what its encoding says', async () => {
  const outcome = await call({
    respond: (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
  })
  expect(outcome.code).toBe('bad_response')
})

test.each(['lzma', 'constructor', 'gzip, gzip, gzip'])('the encoding %s cannot be read', async (encoding) => {
  const outcome = await call({
    respond: (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end('x'),
  })
  expect(outcome.code).toBe('bad_response')
})

test('headers beyond the limit', async () => {
  const outcome = await call({ raw: (socket) => answerRaw(socket, `x-long: ${'x'.repeat(20_000)}\r\n\r\n`) })
  expect(outcome.code).toBe('too_large')
})

test.each(['http', 'https'])('interim responses without end, over %s', async (scheme) => {
  const outcome = await call({ respond: hint }, { url: `${scheme}://example.com/` })
  expect(outcome).toMatchObject({ code: 'too_large', message: expect.stringContaining('sent more than') })
})

test('redirects without end', async () => {
  const outcome = await call({
    respond(request, response) {
      response.writeHead(302, { location: `${request.url}x` }).end()
    },
  })
  expect(outcome.code).toBe('too_many_redirects')
  expect(outcome.answer ?? outcome.message).toContain('http://example.com/ -> http://example.com/x -> ')
  expect(network.dialled).toHaveLength(6)
})

test('a hundred megabytes are read up to the limit and no further', async () => {
  let sent = 0
  const chunk = Buffer.alloc(64 * 1_024, 'x')
  const { answer } = await call({
    respond(_request, response) {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 100_000_000 })
      const write = () => {
        do sent += chunk.length
        while (!response.destroyed && sent < 100_000_000 && response.write(chunk))
      }
      response.on('drain', write)
      write()
    },
  })
  expect(answer).toMatchObject({ bytes: 100_000, truncated: true })
  // What the kernel takes in advance, and not the rest.
  expect(sent).toBeLessThan(20_000_000)
})

test('many small headers', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => `x-${index}: y\r\n`).join('')
  const outcome = await call({ raw: (socket) => answerRaw(socket, `${many}\r\n`) })
  expect(outcome.code).toBe('too_large')
})

test('a header that never ends', async () => {
  const outcome = await call({
    raw(socket) {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nx-endless: ')
        const write = () => {
          while (!socket.destroyed && socket.write('x'.repeat(10_000)));
        }
        socket.on('drain', write)
        write()
      })
    },
  })
  expect(outcome.code).toBe('too_large')
})

test.each(['3\r\nabc\r\nzz\r\n', 'ffffffffffffffffff\r\n', '-1\r\n'])('a chunk of a size like %j', async (body) => {
  const outcome = await call({
    raw: (socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}`)),
  })
  expect(outcome.code).toBe('bad_response')
})

test('both a length and chunks, as requests are smuggled', async () => {
  const outcome = await call({
    raw: (socket) =>
      answerRaw(socket, 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', () =>
        socket.end(),
      ),
  })
  expect(outcome.code ?? outcome.answer?.status).toBe('bad_response')
})

test('a content length that promises too much', async () => {
  const outcome = await call({
    raw: (socket) => answerRaw(socket, 'content-length: 1000\r\n\r\nshort', () => socket.end()),
  })
  expect(outcome.code).toBe('connect_failed')
})

test('a content length that promises too little', async () => {
  const { answer } = await call({ raw: (socket) => answerRaw(socket, 'content-length: 5\r\n\r\nshort and more') })
  expect(answer).toMatchObject({ body: 'short', truncated: false })
})

test.each([
  'garbage\r\n\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
  'HTTP/1.1 999999 OK\r\n\r\n',
])('an answer that is not HTTP: %j', async (bytes) => {
  const outcome = await call({ raw: (socket) => socket.once('data', () => socket.end(bytes)) })
  expect(outcome.code).toBe('bad_response')
})

test('a connection that is cut before the answer', async () => {
  const outcome = await call({ raw: (socket) => socket.once('data', () => socket.destroy()) })
  expect(outcome.code).toBe('connect_failed')
})

test('a request body beyond the limit is not sent', async () => {
  network = await createFakeNetwork({ names: { 'example.com': [['93.184.215.14']] } })
  const options = { ...network.options, allow: 'example.com' }
  const outcome = await callHttpRequest(options, {
    url: 'http://example.com/',
    method: 'POST',
    text: 'x'.repeat(1_000_001),
  })
  expect(outcome.code).toBe('invalid_body')
  expect(network.dialled).toEqual([])
})

test('a timeout above the ceiling is told the ceiling', async () => {
  network = await createFakeNetwork()
  const options = { ...network.options, limits: { maxTimeoutMs: 5_000 } }
  const outcome = await callHttpRequest(options, { url: 'http://example.com/', timeout_ms: 6_000 })
  expect(outcome).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('timeout_ms') })
  expect(outcome).toMatchObject({ message: expect.stringContaining('5000') })
})

test('cancelling closes the connection at once', async () => {
  const controller = new AbortController()
  network = await createFakeNetwork({
    names: { 'example.com': [['93.184.215.14']] },
    respond: () => controller.abort(),
  })
  const outcome = await callHttpRequest(network.options, { url: 'http://example.com/' }, controller.signal)
  expect(outcome.code).toBe('cancelled')
  await network.closed()
})

/** One byte now, one every 50 ms, and so on for ever; it stops when the connection does. */
function drip(_request: unknown, response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 50)
  response.on('close', () => clearInterval(timer))
}

function hint(_request: unknown, response: ServerResponse): void {
  const more = () => {
    if (!response.destroyed) response.writeEarlyHints({ link: `</${'x'.repeat(5_000)}>; rel=preload` }, more)
  }
  more()
}

function flood(response: ServerResponse, chunk: string): void {
  const write = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.on('drain', write)
  write()
}

function answerRaw(socket: Socket, rest: string, then: () => void = () => undefined): void {
  socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n${rest}`, then))
}
