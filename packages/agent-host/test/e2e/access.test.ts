import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hashOf } from '../../src/config/api-key.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { runCli, startCli } from '../support/run-cli.ts'

const listening = { VLLM_BASE_URL: 'http://127.0.0.1:9' }

describe('serve', () => {
  test.each(['0.0.0.0', '::'])(
    'does not listen on %s without keys, says why, and ends with exit code 2',
    async (host) => {
      const { code, stderr } = await runCli(['serve', '--port', '0', '--host', host], { env: listening })
      expect(stderr).toContain(`Refused to listen on ${host}: without API keys`)
      expect(stderr).toContain('ALLOW_ANONYMOUS=true')
      expect(stderr).not.toContain('agent-host 0.')
      expect(code).toBe(2)
    },
  )

  test.each([
    ['ALLOW_ANONYMOUS', ['--host', '0.0.0.0'], { ALLOW_ANONYMOUS: 'true' }, 'anyone may call'],
    [
      'a key',
      ['--host', '0.0.0.0'],
      { API_KEYS: JSON.stringify([{ name: 'alice', hash: hashOf('ah-x') }]) },
      'asked for: alice',
    ],
    ['a loopback name', ['--host', 'localhost'], {}, 'only this machine can connect'],
  ])('listens with %s, and says who may call', async (_, args, env, words) => {
    const { child, seen, ended } = startCli(['serve', '--port', '0', ...args], { env: { ...listening, ...env } })
    await seen('  try ')
    child.kill('SIGTERM')
    const { stderr, code } = await ended
    expect(stderr).toContain(words)
    expect(code).toBe(0)
  })

  test('the proxy neither', async () => {
    const { code, stderr } = await runCli(['proxy', '--proxy-port', '0', '--proxy-host', '0.0.0.0'])
    expect(stderr).toContain('Refused to listen on 0.0.0.0: without API keys')
    expect(code).toBe(2)
  })

  test('an API keys file that is not there is refused, rather than asking for no key', async () => {
    const { code, stderr } = await runCli(['serve', '--port', '0', '--api-keys-file', 'absent.json'])
    expect(stderr).toContain('absent.json has no keys')
    expect(code).toBe(2)
  })
})

describe('keys create', () => {
  test('prints the key alone on stdout, and the entry to paste beside it', async () => {
    const { stdout, stderr, code } = await runCli(['keys', 'create', 'alice', '--requests-per-minute', '60'])
    expect(stdout).toMatch(/^ah-[\w-]{43}\n$/)
    const entry = { name: 'alice', hash: hashOf(stdout.trim()), requestsPerMinute: 60 }
    expect(stderr).toContain(JSON.stringify(entry))
    expect(stderr).not.toContain(stdout.trim())
    expect(code).toBe(0)
  })

  test('adds the entry to the file, where one is named, and a service takes the key', async () => {
    using folder = createFolder()
    const file = join(folder.path, 'keys.json')
    const made = await runCli(['keys', 'create', 'alice', '--json', '--api-keys-file', file])
    const { key, entry } = JSON.parse(made.stdout) as { key: string; entry: unknown }
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([entry])
    expect((await runCli(['keys'], { env: { API_KEYS_FILE: file } })).stdout).toBe(`alice  no limit  (${file})\n`)
    expect(JSON.parse((await runCli(['keys', 'list', '--json', '--api-keys-file', file])).stdout)).toEqual({
      keys: [{ name: 'alice', requests_per_minute: null, from: file }],
    })

    const run = startCli(['serve', '--port', '0'], { env: { ...listening, API_KEYS_FILE: file } })
    let said = ''
    run.child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8')
    })
    await run.seen('  try ')
    const url = /agent-host \S+ on (\S+)/.exec(said)?.[1] ?? ''
    expect(said).toContain('-H "authorization: Bearer $API_KEY"')
    const ask = async (headers: Record<string, string>) => (await fetch(`${url}/api/tools`, { headers })).status
    expect([await ask({}), await ask({ authorization: `Bearer ${key}` })]).toEqual([401, 200])
    run.child.kill('SIGTERM')
    expect((await run.ended).stderr).not.toContain(key)
  })

  test.each([
    ['a name that is taken', ['alice'], 'There is a key named "alice" already'],
    ['a name that cannot be one', ['alice smith'], 'cannot name a key'],
    ['a limit that is none', ['bob', '--requests-per-minute', '0'], '--requests-per-minute is "0"'],
  ])('%s is refused with exit code 2', async (_, args, words) => {
    const env = { API_KEYS: JSON.stringify([{ name: 'alice', hash: hashOf('ah-x') }]) }
    const { code, stderr, stdout } = await runCli(['keys', 'create', ...args], { env })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })
})

test('keys says where there are none', async () => {
  const { code, stdout, stderr } = await runCli(['keys'])
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('No keys are set')
})
