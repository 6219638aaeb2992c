import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStdio } from '../support/mcp-tools-process.ts'
import { startTargetServer, type TargetServer } from '../support/target-server.ts'

type Arguments = Readonly<Record<string, unknown>>

const million = 1_000_000
const url = 'https://example.com/'
const post = { url, method: 'POST' }

const deepArray = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown
const deepObject = JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)) as unknown

/** As JSON has it: an object literal would set the prototype. */
const named = (name: string, value: unknown = 'x') => Object.fromEntries([[name, value]])

let target: TargetServer
let server: Awaited<ReturnType<typeof openStdio>>
let lastId = 0

beforeAll(async () => {
  target = await startTargetServer((request, response) => {
    request.pipe(response.setHeader('x-url', request.url ?? ''))
  })
  server = await openStdio({ HTTP_ALLOW: target.origin })
})

afterAll(async () => {
  await server.stop()
  await target.close()
})

interface Result {
  readonly structuredContent: Readonly<Record<string, unknown>> & { error?: { code: string; message: string } }
}

/** Calls a tool of the one process that all tests share: what one of them breaks, the next ones see. */
async function call(name: string, args: unknown): Promise<Result['structuredContent']> {
  lastId += 1
  const line = JSON.stringify({ jsonrpc: '2.0', id: lastId, method: 'tools/call', params: { name, arguments: 'HERE' } })
  return send(line.replace('"HERE"', () => toJson(args)))
}

/** `JSON.stringify` cannot write what is nested that deep. */
function toJson(value: unknown): string {
  const marks = new Map<unknown, string>([
    [deepArray, '['.repeat(100_000) + ']'.repeat(100_000)],
    [deepObject, `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])
  const deep: string[] = []
  const json = JSON.stringify(value, (_name, item: unknown) => {
    const mark = marks.get(item)
    return mark === undefined ? item : `DEEP${deep.push(mark) - 1}`
  })
  return json.replaceAll(/"DEEP(\d)"/g, (_all, index: string) => deep[Number(index)] ?? '')
}

async function send(line: string): Promise<Result['structuredContent']> {
  const answered = server.answerOf(lastId)
  server.child.stdin.write(`${line}\n`)
  const { result } = (await answered) as { result: Result }
  return result.structuredContent
}

async function expectAlive(): Promise<void> {
  expect(await call('time_now', { timezone: 'Asia/Seoul' })).toMatchObject({ utc_offset: '+09:00' })
}

test.each<[what: string, tool: string, args: Arguments, code: string, said: string]>([
  ['an unknown field', 'http_request', { url, verb: 'GET' }, 'invalid_arguments', '"verb"'],
  ['an unknown field', 'time_now', { zone: 'UTC' }, 'invalid_arguments', '"zone"'],
  ['a field named like a property', 'http_request', { url, constructor: 'x' }, 'invalid_arguments', '"constructor"'],
  ['a field with a name of 1 MB', 'time_now', named('x'.repeat(million)), 'invalid_arguments', 'Unrecognized key'],
  ['no URL', 'http_request', {}, 'invalid_arguments', '`url`'],
  ['a URL of another type', 'http_request', { url: { href: url } }, 'invalid_arguments', '`url`'],
  ['a URL of 1 MB', 'http_request', { url: url + 'a'.repeat(million) }, 'invalid_arguments', '`url`'],
  ['a URL that grows by its query', 'http_request', { url, query: { a: 'é'.repeat(9_000) } }, 'invalid_url', '16384'],
  ['half a surrogate pair in a URL', 'http_request', { url: `${url}\ud800` }, 'invalid_arguments', '`url`'],
  ['half a surrogate pair in a zone', 'time_now', { timezone: 'Seoul\udc00' }, 'invalid_arguments', '`timezone`'],
  ['half a surrogate pair in a list', 'time_now', { timezone: ['UTC', '\ud800'] }, 'invalid_arguments', '`timezone.1`'],
  ['half a surrogate pair in a text', 'http_request', { ...post, text: 'a\ud83d' }, 'invalid_arguments', '`text`'],
  ['half a pair in JSON', 'http_request', { ...post, json: { a: ['\udc00'] } }, 'invalid_arguments', '`json.a.0`'],
  ['half a pair in a name', 'http_request', { url, query: named('\ud800') }, 'invalid_arguments', '`query.\ufffd`'],
  ['NUL in a host', 'http_request', { url: 'https://exam\0ple.com/' }, 'invalid_url', '\\u0000'],
  ['NUL in a path', 'http_request', { url: `${url}a\0b` }, 'invalid_url', '\\u0000'],
  ['CRLF in a URL', 'http_request', { url: `${url}\r\nHost: internal` }, 'invalid_url', '\\r\\n'],
  ['CRLF in a URL with a query', 'http_request', { url: `${url}\r\nx`, query: { a: 1 } }, 'invalid_url', '\\r\\n'],
  ['CRLF in a method', 'http_request', { url, method: 'GET / HTTP/1.1\r\nHost: x' }, 'invalid_arguments', '`method`'],
  ['NUL in a method', 'http_request', { url, method: 'GET\0' }, 'invalid_arguments', '`method`'],
  ['CRLF in a header', 'http_request', { url, headers: { a: 'b\r\nc: d' } }, 'invalid_header', 'the value of a'],
  ['NUL in a header', 'http_request', { url, headers: { a: 'b\0' } }, 'invalid_header', 'the value of a'],
  ['CRLF in a header name', 'http_request', { url, headers: { 'a\r\nb': 'c' } }, 'invalid_header', 'a\\r\\nb'],
  ['an empty header name', 'http_request', { url, headers: { '': 'c' } }, 'invalid_header', '""'],
  ['text beyond bytes in a header', 'http_request', { url, headers: { a: '한' } }, 'invalid_header', 'the value of a'],
  ['a header that is a list', 'http_request', { url, headers: { a: ['b'] } }, 'invalid_arguments', '`headers.a`'],
  ['10,000 headers', 'http_request', { url, headers: flood(10_000) }, 'invalid_header', '64 headers'],
  ['a header of 1 MB', 'http_request', { url, headers: { a: 'x'.repeat(million) } }, 'invalid_header', '16384'],
  ['a header named of 1 MB', 'http_request', { url, headers: named('x'.repeat(million)) }, 'invalid_header', '16384'],
  [
    'a header __proto__',
    'http_request',
    { url, headers: named('__proto__') },
    'invalid_arguments',
    '`headers.__proto__`',
  ],
  ['a query __proto__', 'http_request', { url, query: named('__proto__') }, 'invalid_arguments', '`query.__proto__`'],
  ['a field __proto__', 'http_request', { ...post, form: named('__proto__') }, 'invalid_arguments', '`form.__proto__`'],
  [
    'JSON __proto__',
    'http_request',
    { ...post, json: [named('__proto__')] },
    'invalid_arguments',
    '`json.0.__proto__`',
  ],
  ['deep JSON', 'http_request', { ...post, json: deepArray }, 'invalid_arguments', '`json.0.0.0.0.0.…`'],
  ['deep objects', 'http_request', { ...post, json: deepObject }, 'invalid_arguments', '`json.a.a.a.a.a.…`'],
  ['deep headers', 'http_request', { url, headers: deepObject }, 'invalid_arguments', '`headers.a'],
  ['a deep zone', 'time_now', { timezone: deepArray }, 'invalid_arguments', '`timezone.0'],
  ['JSON of 2 MB', 'http_request', { ...post, json: 'x'.repeat(2 * million) }, 'invalid_body', '1000000 bytes'],
  ['two bodies', 'http_request', { ...post, json: {}, text: 'x' }, 'invalid_body', ''],
  ['what is no base64', 'http_request', { ...post, base64: '\0' }, 'invalid_body', '`base64`'],
  ['a time-out without end', 'http_request', { url, timeout_ms: 1e308 }, 'invalid_arguments', '`timeout_ms`'],
  ['a start before the start', 'http_request', { url, start_index: -1 }, 'invalid_arguments', '`start_index`'],
  ['a zone of 1 MB', 'time_now', { timezone: 'x'.repeat(million) }, 'invalid_arguments', '`timezone`'],
  [
    'a hundred thousand zones',
    'time_now',
    { timezone: Array.from({ length: 1e5 }, () => 'x') },
    'invalid_arguments',
    '',
  ],
  ['NUL in a zone', 'time_now', { timezone: 'Asia/\0Seoul' }, 'invalid_timezone', 'Asia/Seoul'],
  ['a path as a zone', 'time_now', { timezone: '../../../etc/passwd' }, 'invalid_timezone', 'is not a time zone'],
  ['CRLF in a moment', 'time_now', { at: '2026-11-21\r\n15:00' }, 'invalid_time', '`at`'],
  ['a moment beyond all', 'time_now', { at: 1e308 }, 'invalid_time', 'beyond'],
  ['a language __proto__', 'time_now', { locale: '__proto__' }, 'invalid_arguments', '`locale`'],
])('%s for %s is refused, and the server goes on', async (_what, tool, args, code, said) => {
  const { error } = await call(tool, args)
  expect(error).toEqual({ code, message: expect.stringContaining(said) })
  expect(error?.message.length).toBeLessThan(1_100)
  await expectAlive()
})

function flood(count: number): Arguments {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, 'v']))
}

test('bytes that are no UTF-8 are an unknown zone, not the end', async () => {
  lastId += 1
  const answered = server.answerOf(lastId)
  const [head, tail] = [`{"jsonrpc":"2.0","id":${lastId},"method":"tools/call","params":`, '"Se\xffoul\xc3"}}}\n']
  server.child.stdin.write(Buffer.from(`${head}{"name":"time_now","arguments":{"timezone":${tail}`, 'latin1'))
  const { result } = (await answered) as { result: Result }
  expect(result.structuredContent.error).toMatchObject({ code: 'invalid_timezone' })
  await expectAlive()
})

test('what is only odd goes through as it is', async () => {
  const json = { constructor: 'x', toString: '\0', hasOwnProperty: ['\u2028', '\uffff', '😀'] }
  const query = { constructor: 'a b', valueOf: '\r\n', '': '' }
  const answer = await call('http_request', { url: `${target.origin}/`, method: 'POST', json, query })
  expect(answer).toMatchObject({ status: 200, url: `${target.origin}/?constructor=a+b&valueOf=%0D%0A&=` })
  expect(JSON.parse(String(answer.body))).toEqual(json)
})

test('a message of more than 10 MiB ends the connection, and says so', async () => {
  const other = await openStdio()
  const said = text(other.child.stderr)
  // It closes its end before all of it is written.
  other.child.stdin.on('error', () => undefined).write(`"${'x'.repeat(11 * 1024 * 1024)}"\n`)
  expect(await other.exited).toBe(0)
  expect(await said).toContain('exceeded maximum size of 10485760 bytes')
})

test('after all of that, it ends as it should', async () => {
  server.child.stdin.end()
  expect(await server.exited).toBe(0)
})
