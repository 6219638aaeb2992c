import { afterEach, expect, test } from 'vitest'
import { parseRules } from '../../../src/tools/http-request/parse-rules.ts'
import { createGuardedClient, type GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

const names = {
  'api.example.com': [['93.184.215.14']],
  'other.example.org': [['93.184.215.14']],
  'wiki.corp.example.com': [['10.1.2.3']],
  'corp.example.com': [['10.1.2.3']],
  'loop.example.com': [['127.0.0.1']],
  'meta.example.com': [['169.254.169.254']],
  'near.example.com': [['93.184.215.20']],
  'app.internal': [['127.0.0.1']],
  intranet: [['10.1.2.3']],
  localhost: [['127.0.0.1']],
}

/** What a call comes to: its status, or the code of its refusal. */
async function call(allow: string, request: string, more: Partial<GuardedClientOptions> = {}): Promise<string> {
  network = await createFakeNetwork({ names })
  const [method, url] = request.includes(' ') ? request.split(' ') : ['GET', request]
  const options = { ...network.options, allow, ownNetworks: () => ['93.184.215.17/28'], ...more }
  const { answer, code } = await callHttpRequest(options, { url, method })
  return code ?? String(answer?.status)
}

test.each([
  // An origin opens exactly itself, every method.
  ['http://127.0.0.1:8123', 'http://127.0.0.1:8123/any?thing', '200'],
  ['http://127.0.0.1:8123', 'DELETE http://127.0.0.1:8123/', '200'],
  ['http://127.0.0.1:8123', 'http://2130706433:8123/', '200'],
  ['http://127.0.0.1:8123', 'http://[::ffff:127.0.0.1]:8123/', '200'],
  ['http://127.0.0.1:8123', 'http://127.0.0.1:8124/', 'blocked_address'],
  ['http://127.0.0.1:8123', 'https://127.0.0.1:8123/', 'blocked_address'],
  ['http://127.0.0.1:8123', 'http://127.0.0.2:8123/', 'blocked_address'],
  ['http://127.0.0.1:8123', 'http://localhost:8123/', 'blocked_host'],
  ['http://127.0.0.1:8123', 'http://[::1]:8123/', 'blocked_address'],
  ['http://127.0.0.1:8123', 'http://[64:ff9b::7f00:1]:8123/', 'blocked_address'],
  ['http://127.0.0.1:8123', 'http://loop.example.com:8123/', 'blocked_address'],
  ['http://[::1]:8123', 'http://[::1]:8123/', '200'],
  ['http://localhost:3000', 'POST http://localhost:3000/', '200'],
  ['http://localhost:3000', 'http://127.0.0.1:3000/', 'blocked_address'],
  // Without a scheme, both on their own ports; a port for both; any port.
  ['127.0.0.1', 'http://127.0.0.1/', '200'],
  ['127.0.0.1', 'http://127.0.0.1:8080/', 'blocked_address'],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080/', '200'],
  ['127.0.0.1:*', 'http://127.0.0.1:8080/', '200'],
  // A blocked port only by its number.
  ['127.0.0.1:*', 'http://127.0.0.1:22/', 'blocked_port'],
  ['http://127.0.0.1:22', 'http://127.0.0.1:22/', '200'],
  // Methods.
  ['', 'POST http://api.example.com/', 'blocked_method'],
  ['api.example.com', 'POST http://api.example.com/', '200'],
  ['POST=api.example.com', 'POST http://api.example.com/', '200'],
  ['get+post=api.example.com', 'POST http://api.example.com/', '200'],
  ['POST=api.example.com', 'DELETE http://api.example.com/', 'blocked_method'],
  ['POST=api.example.com', 'GET http://api.example.com/', '200'],
  ['POST=http://127.0.0.1', 'GET http://127.0.0.1/', 'blocked_address'],
  ['api.example.com', 'TRACE http://api.example.com/', 'blocked_method'],
  ['CONNECT=api.example.com', 'CONNECT http://api.example.com/', 'blocked_method'],
  ['', 'OPTIONS http://api.example.com/', '200'],
  ['', 'HEAD http://api.example.com/', '200'],
  // Path prefixes match whole segments, however the path is spelt.
  ['http://127.0.0.1/v1', 'http://127.0.0.1/v1', '200'],
  ['http://127.0.0.1/v1/', 'http://127.0.0.1/v1/things?x=1', '200'],
  ['http://127.0.0.1/v1', 'http://127.0.0.1/v10', 'blocked_address'],
  ['http://127.0.0.1/v1', 'http://127.0.0.1/', 'blocked_address'],
  ['http://127.0.0.1/v1', 'http://127.0.0.1/v1/../admin', 'blocked_address'],
  ['http://127.0.0.1/v1', 'http://127.0.0.1/v1/%2e%2e/admin', 'blocked_address'],
  ['POST=api.example.com/v1', 'POST http://api.example.com/v1/a', '200'],
  ['POST=api.example.com/v1', 'POST http://api.example.com/v1/..%2fadmin', 'blocked_path'],
  ['POST=api.example.com/v1', 'POST http://api.example.com/v1/..%5Cadmin', 'blocked_path'],
  ['POST=api.example.com/v1', 'POST http://api.example.com/v1/%252e%252e/admin', 'blocked_path'],
  ['POST=api.example.com/v1', 'POST http://api.example.com/v1/..;/admin', 'blocked_path'],
  ['POST=api.example.com/v1', 'GET http://api.example.com/v1/group%2Fproject', '200'],
  // Names below a suffix, not the suffix itself, nor what merely ends like it.
  ['*.corp.example.com', 'http://wiki.corp.example.com/', '200'],
  ['*.corp.example.com', 'http://corp.example.com/', 'blocked_address'],
  ['corp.example.com', 'http://wiki.corp.example.com/', 'blocked_address'],
  ['*.ple.com', 'POST http://api.example.com/', 'blocked_method'],
  // A listed name opens private networks; this machine only by an internal name; metadata services never.
  ['intranet', 'http://intranet/', '200'],
  ['near.example.com', 'http://near.example.com/', '200'],
  ['', 'http://near.example.com/', 'blocked_address'],
  ['loop.example.com', 'http://loop.example.com/', 'blocked_address'],
  ['app.internal', 'http://app.internal/', '200'],
  ['meta.example.com', 'http://meta.example.com/', 'blocked_address'],
  ['169.254.169.254', 'http://169.254.169.254/', '200'],
  // Networks, for addresses and for names that lead there.
  ['10.0.0.0/8', 'http://10.9.9.9/', '200'],
  ['10.0.0.0/8', 'POST http://10.9.9.9/', '200'],
  ['10.0.0.0/8', 'http://10.9.9.9:8080/', 'blocked_address'],
  ['10.0.0.0/8:8080', 'http://10.9.9.9:8080/', '200'],
  ['10.0.0.0/8:*', 'http://10.9.9.9:9999/', '200'],
  ['GET=10.0.0.0/8', 'POST http://10.9.9.9/', 'blocked_method'],
  ['10.0.0.0/8', 'http://wiki.corp.example.com/', '200'],
  ['10.0.0.0/8', 'POST http://wiki.corp.example.com/', 'blocked_method'],
  ['10.0.0.0/8', 'http://11.0.0.1/', '200'],
  ['10.0.0.0/8', 'http://172.16.0.1/', 'blocked_address'],
  ['fd00::/8', 'http://[fd12::1]/', '200'],
  ['[fd00::]/8:8080', 'http://[fd12::1]:8080/', '200'],
  // Several, separated either way.
  ['http://127.0.0.1:1234, intranet\n10.0.0.0/8', 'http://intranet/', '200'],
])('%s lets %s come to %s', async (allow, request, expected) => {
  expect(await call(allow, request)).toBe(expected)
})

test.each([
  ['ftp://host', 'expected'],
  ['http://', 'expected'],
  ['host:99999', 'not a port'],
  ['10.0.0.0/33', '33 bits'],
  ['300.0.0.0/8', 'not valid'],
  ['http://10.0.0.0/8', 'a network takes no scheme'],
  ['*', '"*" may only stand first'],
  ['a.*.example.com', '"*" may only stand first'],
  ['*.10.0.0.1', 'no names below it'],
  ['user@host', 'not a host'],
  ['host/path?x=1', 'no query'],
  ['::1', 'expected'],
])('the rule %s cannot be read: %s', async (rule, why) => {
  network = await createFakeNetwork()
  expect(() => parseRules(rule)).toThrow(why)
  expect(() => parseRules(`intranet ${rule}`)).toThrow(JSON.stringify(rule))
})

test('a refusal names the rule that would open it', async () => {
  network = await createFakeNetwork({ names })
  const refused = await callHttpRequest(network.options, { url: 'https://api.example.com/v1', method: 'POST' })
  expect(refused).toMatchObject({ message: expect.stringContaining('POST=https://api.example.com in HTTP_ALLOW') })
  const metadata = await callHttpRequest(network.options, { url: 'http://169.254.169.254/' })
  expect(metadata).toMatchObject({ message: '169.254.169.254 is a cloud metadata address.' })
})

test('an unlisted host gets no long URL, a listed one does', async () => {
  network = await createFakeNetwork({ names })
  const url = `http://api.example.com/${'x'.repeat(3_000)}`
  expect(await callHttpRequest(network.options, { url })).toMatchObject({ code: 'blocked_url' })
  const listed = await callHttpRequest({ ...network.options, allow: 'api.example.com' }, { url })
  expect(listed.answer).toMatchObject({ status: 200 })
})

test.each([
  // Denied whatever allows it, on any port, before its name is looked up.
  ['api.example.com', 'api.example.com', 'http://api.example.com/', 'blocked_rule'],
  ['', 'api.example.com', 'http://api.example.com:8080/', 'blocked_rule'],
  ['', 'api.example.com', 'http://API.example.com./', 'blocked_rule'],
  ['', '*.example.com', 'http://api.example.com/', 'blocked_rule'],
  ['', 'example.com', 'http://api.example.com/', '200'],
  ['', 'https://api.example.com', 'http://api.example.com/', '200'],
  ['', 'api.example.com:8080', 'http://api.example.com/', '200'],
  ['api.example.com', 'DELETE+PUT=api.example.com', 'DELETE http://api.example.com/', 'blocked_rule'],
  ['api.example.com', 'DELETE+PUT=api.example.com', 'POST http://api.example.com/', '200'],
  // A path however a server may read it.
  ['', 'api.example.com/admin', 'http://api.example.com/admin', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com/admin/x?y', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com/administration', '200'],
  ['', 'api.example.com/admin', 'http://api.example.com/%61dmin', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com/Admin', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com//admin', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com/admin;x=1/', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com/x/..%2fadmin', 'blocked_rule'],
  ['', 'api.example.com/admin', 'http://api.example.com/x/../admin', 'blocked_rule'],
  // Addresses, whoever leads to them and however they are written.
  ['', '93.184.0.0/16', 'http://api.example.com/', 'blocked_rule'],
  ['', '93.184.215.14', 'http://api.example.com:8080/', 'blocked_rule'],
  ['', '93.184.215.14', 'http://93.184.215.14/', 'blocked_rule'],
  ['', '93.184.215.14', 'http://[::ffff:93.184.215.14]/', 'blocked_rule'],
  ['', '93.184.215.14', 'http://[64:ff9b::93.184.215.14]/', 'blocked_rule'],
  ['', '93.184.215.14', 'http://[2a00::5efe:93.184.215.14]/', 'blocked_rule'],
  ['10.0.0.0/8', '10.1.2.0/24', 'http://wiki.corp.example.com/', 'blocked_rule'],
  ['10.0.0.0/8', '10.1.3.0/24', 'http://wiki.corp.example.com/', '200'],
  ['10.0.0.0/8', 'POST=10.0.0.0/8', 'POST http://10.1.2.3/', 'blocked_rule'],
])('%j allowed and %s denied, %s comes to %s', async (allow, deny, request, expected) => {
  expect(await call(allow, request, { deny })).toBe(expected)
  expect(network.bytes() > 0).toBe(expected === '200')
})

test('a denied name is not looked up', async () => {
  for (const deny of ['api.example.com', '*.example.com', 'GET=api.example.com/v1']) {
    expect(await call('api.example.com', 'http://api.example.com/v1', { deny })).toBe('blocked_rule')
    expect(network.lookedUp).toEqual([])
    await network.close()
  }
  network = await createFakeNetwork()
})

test.each([
  ['2001:db8:64::/96', '2001:db8:64::8.8.8.8', '200'],
  ['2001:db8:64::/96', '2001:db8:64::10.0.0.1', 'blocked_address'],
  ['2a00:1:2:3::/96', '2a00:1:2:3::7f00:1', 'blocked_address'],
  ['2a00:1:2:3::/96', '2a00:1:2:4::7f00:1', '200'],
  // 10.0.0.1 after each length of prefix, around the byte that is always zero (RFC 6052 section 2.4).
  ['2a00:1::/32', '2a00:1:a00:1::', 'blocked_address'],
  ['2a00:1::/40', '2a00:1:a:0:1::', 'blocked_address'],
  ['2a00:1:2::/48', '2a00:1:2:a00:0:100::', 'blocked_address'],
  ['2a00:1:2::/56', '2a00:1:2:a:0:1::', 'blocked_address'],
  ['2a00:1:2:3::/64', '2a00:1:2:3:a:0:100::', 'blocked_address'],
  // 8.8.8.8 likewise.
  ['fd00:64::/48', 'fd00:64:0:808:8:800::', '200'],
])('with the NAT64 prefix %s, %s comes to %s', async (prefix, address, expected) => {
  expect(await call('', `http://[${address}]/`, { nat64Prefixes: [prefix] })).toBe(expected)
})

test('an ISATAP address is no more public than the network it is on', async () => {
  expect(await call('', 'http://[fd00::5efe:8.8.8.8]/')).toBe('blocked_address')
})

test.each([
  ['https://api.example.com/v1', true],
  ['https://api.example.com/v10', false],
  ['https://user@api.example.com/v1', false],
  ['https://other.example.org/', false],
])('whether %s is listed is known before it is called: %s', async (url, listed) => {
  network = await createFakeNetwork({ names })
  const client = createGuardedClient({ ...network.options, allow: 'POST=https://api.example.com/v1' })
  expect(client.isListed(url, 'POST')).toBe(listed)
  expect(client.isListed(url, 'DELETE')).toBe(false)
  await client.close()
})
