import { describe, expect, test } from 'vitest'
import { hashOf } from '../../../src/config/api-key.ts'
import { loadSettings } from '../../../src/config/load.ts'
import { accessWords, readAccess } from '../../../src/transports/http/access.ts'

const settings = (env: Record<string, string> = {}) => loadSettings({ env, folder: '/' }).settings
const key = { name: 'alice', hash: hashOf('ah-a') }

test.each(['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '[::1]'])('%s needs no key', (host) => {
  expect(readAccess(settings(), host)).toEqual({ keys: [], open: false })
})

describe.each(['0.0.0.0', '::', '[::]', '192.0.2.1', '127.0.0.1.example.com', 'machine', '::ffff:10.0.0.1'])(
  '%s',
  (host) => {
    test('is refused without keys', () => {
      expect(() => readAccess(settings(), host)).toThrow(`Refused to listen on ${host}: without API keys`)
    })

    test('is listened on with keys, which stay asked for under ALLOW_ANONYMOUS', () => {
      const env = { API_KEYS: JSON.stringify([key]) }
      expect(readAccess(settings(env), host)).toEqual({ keys: [key], open: false })
      expect(readAccess(settings({ ...env, ALLOW_ANONYMOUS: 'true' }), host)).toEqual({ keys: [key], open: false })
    })

    test('is open to anyone under ALLOW_ANONYMOUS without keys, which is said', () => {
      const access = readAccess(settings({ ALLOW_ANONYMOUS: 'true' }), host)
      expect(access).toEqual({ keys: [], open: true })
      expect(accessWords(access)).toContain('anyone may call')
    })
  },
)
