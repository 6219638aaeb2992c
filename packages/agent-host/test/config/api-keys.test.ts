import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKey, hashOf } from '../../src/config/api-key.ts'
import { appendApiKey, readApiKeys } from '../../src/config/api-keys-file.ts'
import { loadSettings } from '../../src/config/load.ts'
import { createFolder } from './temporary-folder.ts'

const alice = { name: 'alice', hash: hashOf('ah-a') }
const bob = { name: 'bob', hash: hashOf('ah-b'), requestsPerMinute: 60 }

const load = (env: Record<string, string>) => loadSettings({ env, folder: '/' }).settings

test('a key has 256 random bits, and its hash is the SHA-256 that sha256sum gives', () => {
  const keys = Array.from({ length: 100 }, createKey)
  expect(new Set(keys).size).toBe(100)
  for (const key of keys) {
    expect(key).toMatch(/^ah-[\w-]{43}$/)
    expect(Buffer.from(key.slice(3), 'base64url')).toHaveLength(32)
  }
  expect(hashOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('keys come from a config file, from the environment and from a file of their own, which adds to them', () => {
  using folder = createFolder({ 'agent-host.config.json': { apiKeys: [alice] }, 'keys.json': [bob] })
  expect(loadSettings({ env: {}, folder: folder.path }).settings.apiKeys).toEqual([alice])
  const settings = load({ API_KEYS: JSON.stringify([alice]), API_KEYS_FILE: join(folder.path, 'keys.json') })
  expect(readApiKeys(settings)).toEqual([alice, bob])
  expect(readApiKeys(load({}))).toEqual([])
})

test.each([
  ['no JSON', 'ah-secret'],
  ['a key in the place of its hash', JSON.stringify([{ name: 'a', hash: 'ah-secret' }])],
  ['a field that is not known', JSON.stringify([{ ...alice, key: 'ah-secret' }])],
  ['a name twice', JSON.stringify([alice, alice, { note: 'ah-secret' }])],
  ['a name with a line break', JSON.stringify([{ ...alice, name: 'a\nah-secret' }])],
  ['a limit of nothing', JSON.stringify([{ ...alice, requestsPerMinute: 0 }])],
])('%s is refused, and not shown', (_, text) => {
  expect(() => load({ API_KEYS: text })).toThrow('API_KEYS is (hidden): it must be entries as')
})

test('a file without keys is refused, rather than asking for none', () => {
  using folder = createFolder({ 'empty.json': [] })
  for (const file of ['empty.json', 'absent.json']) {
    const settings = load({ API_KEYS_FILE: join(folder.path, file) })
    expect(() => readApiKeys(settings)).toThrow(`${file} has no keys. Make one: agent-host keys create`)
  }
})

test('a file that is not valid is refused by its name, without what is in it', () => {
  using folder = createFolder({ 'keys.json': [{ name: 'a', hash: 'ah-secret' }], 'broken.json': '[{"hash": ah-secret' })
  for (const file of ['keys.json', 'broken.json']) {
    const read = () => readApiKeys(load({ API_KEYS_FILE: join(folder.path, file) }))
    expect(read).toThrow(file)
    expect(read).not.toThrow('ah-secret')
  }
})

test('one name in both places is refused', () => {
  using folder = createFolder({ 'keys.json': [alice] })
  const settings = load({ API_KEYS: JSON.stringify([alice]), API_KEYS_FILE: join(folder.path, 'keys.json') })
  expect(() => readApiKeys(settings)).toThrow('The API key "alice" is in')
})

test('a key is added behind those that are there, in a file for its owner alone', () => {
  using folder = createFolder()
  const file = join(folder.path, 'keys.json')
  appendApiKey(file, alice)
  appendApiKey(file, bob)
  expect(readApiKeys(load({ API_KEYS_FILE: file }))).toEqual([alice, bob])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(() => appendApiKey(join(folder.path, 'absent', 'keys.json'), alice)).toThrow('cannot be written')
})
