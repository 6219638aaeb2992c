import fc from 'fast-check'
import type { Tool } from '../../src/tools/tool.ts'

/** A call as a client may make it. */
export interface HostileCall {
  readonly name: string
  readonly arguments: unknown
}

const nasty = fc.constantFrom(
  '',
  '\0',
  '\r\n',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  '../..',
  '%00',
  '\u202e',
  '🇰🇷',
  'a'.repeat(5_000),
  '['.repeat(500),
  '-0',
  'NaN',
  '1e999',
)

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), nasty)

/** Any JSON, and what only looks like the right thing. */
const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 4 }), anyText, fc.double(), fc.integer())

/** Hosts that lead somewhere on the fake network, or must not. */
export const knownHost = 'example.com'
const hosts = fc.constantFrom(
  knownHost,
  '93.184.215.14',
  '127.1',
  '[::1]',
  '[::ffff:10.0.0.1]',
  'localhost',
  'nowhere.test',
)

const url = fc.oneof(
  fc.tuple(hosts, anyText).map(([host, path]) => `http://${host}/${path}`),
  fc.nat(20).map((page) => `https://${knownHost}/${page}`),
  fc.nat(20).map((page) => `http://${knownHost}/${page}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.tuple(fc.constantFrom('file', 'ftp', 'javascript', 'data', 'http'), anyText).map((parts) => parts.join(':')),
)

const fields = fc.dictionary(anyText, fc.oneof(anyText, fc.integer(), fc.boolean(), fc.array(anyText)), { maxKeys: 5 })

const zone = fc.oneof(fc.constantFrom('Seoul', '뉴욕', '+09:00', 'EST', 'Asia/Seoul', 'local'), anyText)

/** What a field of that name may well hold; fields that are not here get any value. */
const plausible: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  url,
  method: fc.constantFrom('GET', 'get', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'QUERY', 'X'),
  headers: fc.dictionary(
    fc.oneof(fc.constantFrom('accept', 'host', 'cookie', 'range', 'x-a'), anyText),
    fc.oneof(fc.base64String(), anyText),
    { maxKeys: 3 },
  ),
  query: fields,
  form: fields,
  json: fc.jsonValue(),
  text: anyText,
  base64: fc.oneof(fc.base64String(), anyText),
  multipart: fc.array(
    fc.oneof(
      fc.record({ name: anyText, value: anyText }),
      fc.record({ name: anyText, file: fc.constantFrom('/etc/passwd', '../x', '\0') }),
      fc.record({
        name: anyText,
        filename: anyText,
        base64: fc.base64String(),
        type: fc.constantFrom('a/b', 'a', '\r\n'),
      }),
    ),
    { maxLength: 3 },
  ),
  timeout_ms: fc.integer({ min: -1, max: 20_000 }),
  follow_redirects: fc.boolean(),
  format: fc.constantFrom('markdown', 'article', 'text', 'raw'),
  select: fc.oneof(fc.constantFrom('a', '[0]', 'length(@)', '[?a', '@'), anyText),
  cache: fc.boolean(),
  max_chars: fc.integer({ min: 0, max: 300_000 }),
  start_index: fc.oneof(fc.nat(50), fc.integer()),
  timezone: fc.oneof(zone, fc.array(zone, { maxLength: 4 })),
  at: fc.oneof(
    fc.date().map((date) => String(date.valueOf())),
    fc.double(),
    fc.constantFrom('15:00', 'now'),
    anyText,
  ),
  at_timezone: zone,
  locale: fc.oneof(fc.constantFrom('ko', 'en-GB', 'ar-u-nu-arab', 'x-y'), anyText),
}

/** Calls shaped around the tools' own schemas, whatever fields those have, and calls that have no shape. */
export function createHostileCalls(tools: readonly Tool[]): fc.Arbitrary<HostileCall> {
  const shaped = tools.map(({ name, input }) => {
    const always = name === 'http_request' ? ['url'] : []
    // A few at a time: with a bad value in one of many, nearly no call would come further than the schema.
    const args = fc
      .subarray(Object.keys(input.shape), { maxLength: 3 })
      .chain((some) => fc.record(Object.fromEntries([...always, ...some].map((field) => [field, valueOf(field)]))))
    const more = mostly(fc.constant({}), fc.dictionary(anyText, anyValue, { maxKeys: 2 }))
    return fc.tuple(args, more).map(([own, others]) => ({ name, arguments: { ...others, ...own } }))
  })
  const shapeless = fc.record({ name: fc.constantFrom(...tools.map(({ name }) => name)), arguments: anyValue })
  return mostly(fc.oneof(...shaped), shapeless)
}

function valueOf(field: string): fc.Arbitrary<unknown> {
  return mostly(plausible[field] ?? anyValue, anyValue)
}

function mostly<One, Other>(one: fc.Arbitrary<One>, other: fc.Arbitrary<Other>): fc.Arbitrary<One | Other> {
  return fc.oneof({ arbitrary: one, weight: 19 }, { arbitrary: other, weight: 1 })
}

/** Lines that a client may write: nearly JSON-RPC, JSON, or nothing of the kind. None has a line break. */
export const hostileLine: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    anyText.map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record(
        {
          jsonrpc: fc.oneof(fc.constant('2.0'), anyValue),
          // Never a number, which a true call might have.
          id: fc.oneof(anyText, fc.constant(null), fc.array(fc.integer())),
          method: fc.oneof(
            fc.constantFrom(
              'tools/call',
              'tools/list',
              'ping',
              'initialize',
              'notifications/cancelled',
              'logging/setLevel',
            ),
            anyText,
          ),
          params: anyValue,
          result: anyValue,
          error: anyValue,
        },
        { requiredKeys: ['jsonrpc'] },
      )
      .map((message) => Buffer.from(JSON.stringify(message))),
  )
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a)))
