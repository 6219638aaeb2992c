import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPolicy } from '../src/policy-check.ts'
import type { GuardedClientOptions } from '../src/tools/http-request/guarded-client.ts'
import { runToEnd } from './support/mcp-tools-process.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  'example.com': ['93.184.215.14'],
  'wiki.example.com': ['93.184.215.14', '10.1.2.3'],
}

/** Asks on a machine with these names only, and says which were looked up. */
async function ask(url: string, options: GuardedClientOptions = {}, method = 'GET') {
  const lookedUp: string[] = []
  const resolve = async (name: string) => {
    lookedUp.push(name)
    return names[name] ?? []
  }
  const all = { ownNetworks: () => [], resolve, ...options }
  const { text, exitCode } = await checkPolicy({ url: new URL(url), method, json: true }, all)
  const shown = await checkPolicy({ url: new URL(url), method, json: false }, all)
  expect(shown.exitCode).toBe(exitCode)
  return { report: JSON.parse(text) as Record<string, unknown>, text: shown.text, exitCode, lookedUp }
}

test('a public host that anyone may call', async () => {
  const { text, exitCode } = await ask('https://example.com/a')
  expect(exitCode).toBe(0)
  expect(text).toBe(`allowed: GET https://example.com/a
  rule     none: anyone may call public hosts with safe methods
  address  93.184.215.14, a public address: allowed
`)
})

test('an address that a network opens, and the rule that does', async () => {
  const { text, report, exitCode } = await ask('http://wiki.example.com/', { allow: '10.0.0.0/8' })
  expect(exitCode).toBe(0)
  expect(text).toContain('address  10.1.2.3, a private address: allowed by the rule 10.0.0.0/8')
  expect(report).toMatchObject({ verdict: 'allowed', addresses: [{ allowed: true }, { rule: '10.0.0.0/8' }] })
})

test('a denied address, with what would open it', async () => {
  const { text, report, exitCode } = await ask('http://wiki.example.com/')
  expect(exitCode).toBe(4)
  expect(report).toMatchObject({
    verdict: 'denied',
    code: 'blocked_address',
    opens: 'http://wiki.example.com',
    addresses: [{ allowed: true }, { address: '10.1.2.3', allowed: false }],
  })
  expect(text).toContain(
    'denied: GET http://wiki.example.com/ (blocked_address)\n  why      wiki.example.com leads to 10.1.2.3',
  )
})

test.each([
  ['http://intranet/', 'GET', {}, 'blocked_host'],
  ['https://example.com/', 'POST', {}, 'blocked_method'],
  ['https://example.com/', 'GET', { deny: 'example.com' }, 'blocked_rule'],
  ['https://user@example.com/', 'GET', {}, 'blocked_userinfo'],
  ['https://example.com/a%2fb', 'POST', { allow: 'https://example.com/a' }, 'blocked_method'],
])('%s by %s with %j is denied without a lookup', async (url, method, options, code) => {
  const { report, exitCode, lookedUp, text } = await ask(url, options, method)
  expect({ exitCode, lookedUp }).toEqual({ exitCode: 4, lookedUp: [] })
  expect(report).toMatchObject({ verdict: 'denied', code, addresses: [] })
  expect(text).toContain('address  not looked up')
})

test('the rule, the profile, consent, and what is left to a proxy', async () => {
  const profiles = [{ name: 'api', origin: 'https://example.com', bearer: true as const, secret: 'sk-live-123' }]
  const listed = await ask('https://example.com/', { allow: 'GET=https://example.com', profiles })
  expect(listed.report).toMatchObject({ verdict: 'allowed', rule: 'GET=https://example.com', profile: 'api' })
  expect(JSON.stringify(listed)).not.toContain('sk-live')
  const unlisted = await ask('https://example.com/', { profiles })
  expect(unlisted.report).not.toHaveProperty('profile')
  expect((await ask('https://example.com/', {}, 'POST')).report).toMatchObject({ asksUser: true })
  const proxy = { url: 'http://proxy.example', egressGuard: true }
  const left = await ask('https://example.com/', { proxy })
  expect(left).toMatchObject({ exitCode: 0, lookedUp: [], text: expect.stringContaining('left to the proxy') })
  const query = [{ name: 'api', origin: 'https://example.com', query: 'key', secret: 'sk-live-123' }]
  const collides = await ask('https://example.com/?key=1', { allow: 'example.com', profiles: query })
  expect(collides).toMatchObject({ exitCode: 4, report: { code: 'blocked_auth' } })
})

test('a name without an address', async () => {
  const { report, exitCode } = await ask('https://nowhere.example.com/')
  expect({ exitCode, report }).toMatchObject({ exitCode: 1, report: { verdict: 'unresolved', code: 'dns_failed' } })
})

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-tools-policy-'))
})

afterAll(() => rm(folder, { recursive: true }))

test('on the command line, with the rules of a config file', async () => {
  const config = join(folder, 'tools.json')
  await writeFile(config, JSON.stringify({ allow: ['POST=http://127.0.0.1:8123/v1'], deny: ['DELETE=127.0.0.0/8'] }))
  const check = (...args: string[]) => runToEnd(['policy', 'check', '--config', config, ...args])
  expect(await check('http://127.0.0.1:8123/v1/x', '--method', 'post')).toEqual({
    code: 0,
    stdout: `allowed: POST http://127.0.0.1:8123/v1/x
  rule     POST=http://127.0.0.1:8123/v1
  address  127.0.0.1, a loopback address: allowed
`,
    stderr: '',
  })
  const { code, stdout } = await check('http://127.0.0.1:8123/', '--json', '--method', 'DELETE')
  expect({ code, report: JSON.parse(stdout) }).toMatchObject({
    code: 4,
    report: { verdict: 'denied', code: 'blocked_rule', rule: 'DELETE=127.0.0.0/8' },
  })
})

test.each([
  [['policy'], 'Unknown command "policy"'],
  [['policy', 'check'], 'policy check takes one URL'],
  [['policy', 'check', 'example.com'], 'policy check takes one URL'],
  [['policy', 'check', 'http://a.example/', 'http://b.example/'], 'policy check takes one URL'],
  [['policy', 'check', 'http://a.example/', '--method', 'G E T'], '--method G E T'],
  [['policy', 'check', 'http://a.example/', '--http'], 'takes no --http'],
  [['--json'], 'are for policy check'],
])('%j is refused: %s', async (args, message) => {
  expect(await runToEnd(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
})
