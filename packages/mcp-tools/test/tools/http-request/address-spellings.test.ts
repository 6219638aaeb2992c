import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callHttpRequest } from '../../support/call-http-request.ts'
import type { GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import { runs } from '../../../../../test/scale.ts'

type Bytes = readonly [number, number, number, number]

/** Networks that nobody may reach unasked, each as the bytes it fixes. */
const deniedNetworks: readonly (readonly number[])[] = [
  [0],
  [10],
  [127],
  [100, 64],
  [169, 254],
  [172, 16],
  [172, 31],
  [192, 168],
  [192, 0, 0],
  [192, 0, 2],
  [198, 18],
  [198, 51, 100],
  [203, 0, 113],
  [224],
  [239],
  [240],
  [255, 255, 255, 255],
  [168, 63, 129, 16],
]

const byte = fc.integer({ min: 0, max: 255 })

const deniedAddress: fc.Arbitrary<Bytes> = fc
  .tuple(fc.constantFrom(...deniedNetworks), byte, byte, byte, byte)
  .map(([network, ...rest]) => [0, 1, 2, 3].map((index) => network[index] ?? rest[index] ?? 0) as unknown as Bytes)

/** The ways that URL parsers take an IPv4 address to be written (WHATWG URL section 3.5). */
const spellings: readonly ((bytes: Bytes) => string)[] = [
  (bytes) => bytes.join('.'),
  (bytes) => `${bytes.join('.')}.`,
  (bytes) => String(toNumber(bytes)),
  (bytes) => `0x${toNumber(bytes).toString(16)}`,
  (bytes) => `0${toNumber(bytes).toString(8)}`,
  (bytes) => bytes.map((each) => `0x${each.toString(16)}`).join('.'),
  (bytes) => bytes.map((each) => `0${each.toString(8)}`).join('.'),
  ([first, ...rest]) => `${first}.${toNumber([0, ...rest])}`,
  ([first, second, ...rest]) => `${first}.0x${second.toString(16)}.${toNumber([0, 0, ...rest])}`,
  (bytes) => bytes.join('.').replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (bytes) => bytes.join('\u3002'),
  (bytes) => bytes.join('.').replaceAll(/\d/g, (digit) => `%3${digit}`),
]

/** The ways that an IPv6 address carries an IPv4 one. */
const embeddings: readonly ((bytes: Bytes) => string)[] = [
  (bytes) => `::ffff:${bytes.join('.')}`,
  (bytes) => `::ffff:${toGroups(bytes)}`,
  (bytes) => `0:0:0:0:0:FFFF:${toGroups(bytes)}`,
  (bytes) => `::${toGroups(bytes)}`,
  (bytes) => `::ffff:0:${toGroups(bytes)}`,
  (bytes) => `64:ff9b::${toGroups(bytes)}`,
  (bytes) => `64:ff9b::${bytes.join('.')}`,
  (bytes) => `64:ff9b:1::${toGroups(bytes)}`,
  (bytes) => `2002:${toGroups(bytes)}::1`,
  (bytes) => `2001:0:${toGroups(bytes)}::f7f7:f7f7`,
  (bytes) => `2001:0:808:808::${toGroups(bytes.map((each) => each ^ 255) as unknown as Bytes)}`,
  (bytes) => `2a00::5efe:${toGroups(bytes)}`,
  (bytes) => `2a00::200:5efe:${toGroups(bytes)}`,
]

const url = fc.oneof(
  fc.tuple(deniedAddress, fc.constantFrom(...spellings)).map(([bytes, spell]) => `http://${spell(bytes)}/`),
  fc.tuple(deniedAddress, fc.constantFrom(...embeddings)).map(([bytes, embed]) => `https://[${embed(bytes)}]/`),
  // Everything outside 2000::/3 that carries no IPv4 address.
  fc
    .tuple(fc.constantFrom('fc', 'fd', 'fe8', 'febf:', 'fec', 'ff0', '1', '4', '8', 'a', 'c'), byte)
    .map(([prefix, last]) => `http://[${toFirstGroup(prefix)}::${last.toString(16)}]/`),
)

/** A network on which any dial or lookup at all fails the test. */
const unreachable: GuardedClientOptions = {
  ownNetworks: () => [],
  resolve: () => Promise.reject(new Error('looked up')),
  connect: () => Promise.reject(new Error('dialled')),
}

test('no spelling of a denied address is called', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(url, async (spelt) => {
      const { code } = await callHttpRequest(unreachable, { url: spelt })
      expect({ spelt, code }).toEqual({ spelt, code: 'blocked_address' })
    }),
    { numRuns: runs(20_000) },
  )
})

test('public addresses in the same spellings are called', async () => {
  const google: Bytes = [8, 8, 8, 8]
  const called = [...spellings.map((spell) => spell(google)), ...embeddings.slice(0, 3).map((it) => `[${it(google)}]`)]
  for (const host of called) {
    const { code } = await callHttpRequest(unreachable, { url: `http://${host}/` })
    expect({ host, code }).toEqual({ host, code: 'connect_failed' })
  }
})

function toNumber(bytes: readonly number[]): number {
  return bytes.reduce((sum, each) => sum * 256 + each, 0)
}

function toGroups([first, second, third, fourth]: Bytes): string {
  return `${(first * 256 + second).toString(16)}:${(third * 256 + fourth).toString(16)}`
}

function toFirstGroup(prefix: string): string {
  return prefix.replace(':', '').padEnd(4, '0')
}
