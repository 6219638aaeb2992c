import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toHttpOptions } from '../src/settings/http-options.ts'
import { readSettings } from '../src/settings/read-settings.ts'
import { runToEnd, startHttp } from './support/mcp-tools-process.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-tools-settings-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** Writes a config file of its own and returns its path. */
async function write(content: unknown): Promise<string> {
  const path = join(folder, 'tools.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('without a file or variables everything has its default', async () => {
  expect(await readSettings({})).toEqual({
    allow: [],
    deny: [],
    maxTimeoutMs: 120_000,
    maxBytes: 2_000_000,
    maxRequestBytes: 1_000_000,
    maxAttempts: 3,
    requestBurst: 20,
    connectionsPerHost: 16,
    unlistedPerMinute: 600,
    maxCacheBytes: 16_000_000,
    profiles: [],
    clientCertificates: [],
    ca: [],
    nat64Prefixes: [],
    roots: { upload: [] },
    hosts: [],
  })
})

test('the environment wins over the file, and lists add up', async () => {
  const path = await write({
    allow: ['intranet:8080'],
    deny: ['a.example'],
    maxBytes: 10,
    maxTimeoutMs: 20,
    hosts: ['a'],
  })
  const env = {
    MCP_TOOLS_CONFIG: path,
    HTTP_ALLOW: '10.0.0.0/8, b.example',
    HTTP_MAX_BYTES: '30',
    MCP_TOOLS_HOSTS: 'b',
  }
  expect(await readSettings(env)).toMatchObject({
    config: path,
    allow: ['intranet:8080', '10.0.0.0/8', 'b.example'],
    deny: ['a.example'],
    maxBytes: 30,
    maxTimeoutMs: 20,
    hosts: ['a', 'b'],
  })
})

test('--config wins over MCP_TOOLS_CONFIG, and what is empty is unset', async () => {
  const path = await write('\uFEFF{"maxBytes": 10}')
  expect(await readSettings({ MCP_TOOLS_CONFIG: '/nowhere', HTTP_MAX_BYTES: ' ' }, path)).toMatchObject({
    maxBytes: 10,
  })
})

const profile = { name: 'api', origin: 'https://api.example.com', bearer: true, from: 'API_TOKEN' }

test.each<[unknown, string]>([
  ['{', 'not valid JSON'],
  [[], 'expected object'],
  [{ alow: [] }, 'unknown "alow"; known are allow, deny,'],
  [{ allow: 'intranet' }, 'allow: Invalid input: expected array'],
  [{ allow: ['a.example', 'ftp://x'] }, 'allow[1]: Rule "ftp://x" cannot be read'],
  [{ deny: ['*'] }, 'deny[0]: Rule "*" cannot be read'],
  [{ maxBytes: '10' }, 'maxBytes: expected a whole number from 1 to 100000000'],
  [{ maxTimeoutMs: 0 }, 'maxTimeoutMs: expected a whole number from 1 to 3600000'],
  [{ token: 'a-token-of-enough-letters' }, 'unknown "token"'],
  [{ proxy: { url: 'http://user:secret@proxy.example' } }, 'proxy.url: expected an origin'],
  [{ proxy: { url: 'http://proxy.example', guard: true } }, 'proxy: unknown "guard"; known are url, egressGuard'],
  [{ nat64Prefixes: ['10.0.0.0/8'] }, 'nat64Prefixes[0]'],
  [{ profiles: [{ ...profile, origin: 'https://api.example.com/v1' }] }, 'profiles[0].origin: expected an origin'],
  [{ profiles: [{ ...profile, origin: 'ftp://api.example.com' }] }, 'profiles[0].origin: expected an origin'],
  [{ profiles: [{ ...profile, name: 'none' }] }, 'profiles[0].name: "none" is taken'],
  [{ profiles: [{ ...profile, name: 'a b' }] }, 'profiles[0].name: expected up to 64'],
  [
    { profiles: [{ ...profile, header: 'x-key' }] },
    'profiles[0]: expected exactly one of header, query, basic, bearer',
  ],
  [{ profiles: [{ ...profile, bearer: undefined }] }, 'profiles[0]: expected exactly one of'],
  [{ profiles: [{ ...profile, from: undefined }] }, 'profiles[0]: expected from'],
  [
    { profiles: [{ ...profile, from: 'sk-live-123' }] },
    'profiles[0].from: expected the name of an environment variable',
  ],
  [{ profiles: [{ ...profile, secret: 'x' }] }, 'profiles[0]: unknown "secret"; known are name, origin,'],
  [{ profiles: [profile, profile] }, 'profiles[1].name: "api" is there twice'],
])('the config file %j is refused: %s', async (content, message) => {
  const path = await write(content)
  const refused = await readSettings({}, path).catch((error: unknown) => String(error))
  expect(refused).toContain(`${path}: `)
  expect(refused).toContain(message)
})

test('the program ends with 2 and one line for each problem', async () => {
  const path = await write({ maxBytes: 0, maxTimeoutMs: 'soon' })
  const { code, stderr } = await runToEnd(['--config', path])
  expect(code).toBe(2)
  expect(stderr.trim().split('\n')).toEqual([
    `mcp-tools: ${path}: maxTimeoutMs: expected a whole number from 1 to 3600000`,
    `${path}: maxBytes: expected a whole number from 1 to 100000000`,
  ])
  expect(await runToEnd(['--config', join(folder, 'missing.json')])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the config file cannot be read (ENOENT)'),
  })
})

const folderOfCertificate = fileURLToPath(new URL('fixtures/certificate/', import.meta.url))
const pair = { cert: join(folderOfCertificate, 'cert.pem'), key: join(folderOfCertificate, 'key.pem') }

test('secrets, certificates and folders come from where the settings say', async () => {
  await copyFile(pair.cert, join(folder, 'own.pem'))
  const path = await write({
    allow: ['GET=https://api.example.com/v1'],
    profiles: [profile, { name: 'jar', origin: 'https://api.example.com', cookies: true }],
    clientCertificates: [{ origin: 'https://api.example.com', cert: 'own.pem', key: pair.key }],
    ca: ['own.pem'],
    proxy: { url: 'http://proxy.example', egressGuard: true },
    roots: { upload: ['files'] },
  })
  const env = { API_TOKEN: ' sk-live-123\n', HTTP_PROXY_AUTH: 'ann:password' }
  const options = await toHttpOptions(await readSettings(env, path), env)
  const pem = await readFile(pair.cert, 'utf8')
  expect(options).toMatchObject({
    profiles: [
      { name: 'api', secret: 'sk-live-123' },
      { name: 'jar', secret: undefined, cookies: true },
    ],
    clientCertificates: [{ origin: 'https://api.example.com', cert: pem, key: await readFile(pair.key, 'utf8') }],
    proxy: { url: 'http://proxy.example', auth: 'ann:password', egressGuard: true },
    uploadRoots: [join(folder, 'files')],
  })
  // Besides the public ones, not instead of them.
  expect(options.ca).toContain(pem)
  expect(options.ca).toEqual(expect.arrayContaining(getCACertificates('default').slice(0, 3)))
})

const allow = ['https://api.example.com']
const shown = { origin: 'https://api.example.com', ...pair }

test.each<[Record<string, unknown>, Record<string, string>, string]>([
  [{ profiles: [profile] }, {}, 'profile api: the environment variable API_TOKEN is not set'],
  [{ profiles: [profile] }, { API_TOKEN: ' ' }, 'API_TOKEN is not set'],
  [{ profiles: [profile] }, { API_TOKEN: 'abc' }, 'API_TOKEN has fewer than 4 characters'],
  [{ profiles: [profile] }, { API_TOKEN: 'a\nb-c-d-e' }, 'API_TOKEN has a line break'],
  [{ profiles: [{ ...profile, bearer: undefined, basic: true }] }, { API_TOKEN: 'no-user' }, 'must be user:password'],
  [
    { profiles: [{ ...profile, bearer: undefined, header: 'Host' }] },
    { API_TOKEN: 'sk-live-123' },
    'profile api: The header host cannot be set',
  ],
  [{ profiles: [profile], allow: ['example.com'] }, { API_TOKEN: 'sk-live-123' }, 'add GET=https://api.example.com'],
  [{ clientCertificates: [{ ...shown, key: 'missing.pem' }] }, {}, 'missing.pem cannot be read (ENOENT)'],
  [{ clientCertificates: [{ ...shown, key: pair.cert }] }, {}, 'cannot be used together'],
  [{ clientCertificates: [{ ...shown, origin: 'http://api.example.com' }] }, {}, 'over https only'],
  [{ clientCertificates: [{ ...shown, passphraseFrom: 'PASSPHRASE' }] }, {}, 'PASSPHRASE is not set'],
  [{ ca: ['missing.pem'] }, {}, 'missing.pem cannot be read (ENOENT)'],
  [{ ca: [pair.key] }, {}, 'holds no PEM certificate'],
])('%j with %j cannot be used: %s', async (content, env, message) => {
  const settings = await readSettings(env, await write({ allow, ...content }))
  const refused = await toHttpOptions(settings, env).catch((error: unknown) => String(error))
  expect(refused).toContain(message)
  expect(refused).not.toMatch(/sk-live|no-user|b-c-d-e/)
})

test('with profiles, --http asks for a token on loopback too', async () => {
  const path = await write({ allow, profiles: [profile] })
  const args = ['--config', path, '--http', '--port', '0']
  expect(await runToEnd(args, { API_TOKEN: 'sk-live-123' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('set MCP_TOOLS_TOKEN'),
  })
  expect(await runToEnd(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('API_TOKEN is not set') })
  const env = { API_TOKEN: 'sk-live-123', MCP_TOOLS_TOKEN: 'a-token-of-enough-letters' }
  const server = await startHttp(env, ['--config', path])
  expect((await fetch(`${server.origin}/mcp`, { method: 'POST' })).status).toBe(401)
  await server.stop()
})
