import { describe, expect, test } from 'vitest'
import { defaultConfigFile, loadSettings, type LoadedSettings } from '../../src/config/load.ts'
import { options, type OptionName, type Settings } from '../../src/config/options.ts'
import { HostError } from '../../src/core/errors.ts'
import { createFolder } from './temporary-folder.ts'

type Sources = Parameters<typeof loadSettings>[0]

/** Settings from these sources and nothing of the machine that the test runs on. */
function load(sources: Sources = {}, files: Record<string, unknown> = {}): LoadedSettings {
  using folder = createFolder(files)
  return loadSettings({ env: {}, folder: folder.path, ...sources })
}

function failure(sources: Sources, files: Record<string, unknown> = {}): string {
  using folder = createFolder(files)
  try {
    loadSettings({ env: {}, folder: folder.path, ...sources })
  } catch (error) {
    if (error instanceof HostError && error.code === 'invalid_config') {
      return error.message.replaceAll(folder.path, '<folder>')
    }
    throw error
  }
  throw new Error('the settings were taken')
}

const setting = <Name extends OptionName>(name: Name, text: string): Settings[Name] =>
  load({ env: { [options[name].env]: text } }).settings[name]

test('the defaults are those of the documentation', () => {
  expect(load().settings).toMatchInlineSnapshot(`
    {
      "allowAnonymous": false,
      "allowedHosts": [],
      "allowedMcpServers": [],
      "allowedOrigins": [
        "http://localhost:5173",
      ],
      "apiKey": undefined,
      "apiKeys": [],
      "apiKeysFile": undefined,
      "approvalTimeout": 86400,
      "approvals": {},
      "backendHost": undefined,
      "backendPort": undefined,
      "backendProtocol": undefined,
      "baseUrl": undefined,
      "chatLog": "chat_log.jsonl",
      "chatLogKeep": 5,
      "chatLogMaxSize": 10485760,
      "chatMode": "agent",
      "contextLength": undefined,
      "dataDir": "./.agent-host",
      "databaseUrl": undefined,
      "dialects": [],
      "environment": "development",
      "host": "127.0.0.1",
      "httpAllow": undefined,
      "idempotentTools": [],
      "logLevel": "info",
      "maxBody": 20971520,
      "maxRuns": 1000,
      "maxSteps": 20,
      "maxTokens": undefined,
      "mcpConfig": undefined,
      "model": undefined,
      "parallelToolCalls": false,
      "port": 8080,
      "preset": undefined,
      "promptVariables": {},
      "promptsDir": undefined,
      "proxyHost": "127.0.0.1",
      "proxyPort": 5000,
      "redisPrefix": "agent-host:",
      "redisUrl": undefined,
      "requestTimeout": 300,
      "responsesSecret": undefined,
      "resultCache": {},
      "runLease": 15,
      "runRetention": 86400,
      "shutdownTimeout": 10,
      "systemPrompt": undefined,
      "temperature": undefined,
      "toolActivity": "reasoning",
      "toolCallConversion": true,
      "toolTimeout": 60,
    }
  `)
})

describe('precedence', () => {
  const files = { '.env': 'PORT=3\nHOST=from.dotenv', [defaultConfigFile]: { port: 4, host: 'from.file', maxSteps: 4 } }
  const defaults = { port: 5, host: 'from.default', maxSteps: 5, toolTimeout: 5 }

  test.each([
    ['a flag', { flags: { port: '1' }, env: { PORT: '2' }, defaults }, files, 1],
    ['the environment', { env: { PORT: '2' }, defaults }, files, 2],
    ['.env', { defaults }, files, 3],
    ['the config file', { defaults }, { [defaultConfigFile]: { port: 4 } }, 4],
    ['a given default', { defaults }, {}, 5],
    ["the option's default", {}, {}, 8080],
  ])('%s wins over what comes after it', (_, sources, present, port) => {
    expect(load(sources, present).settings.port).toBe(port)
  })

  test('each option is looked for on its own', () => {
    const { settings } = load({ flags: { port: 1 }, defaults }, files)
    expect(settings).toMatchObject({ port: 1, host: 'from.dotenv', maxSteps: 4, toolTimeout: 5, requestTimeout: 300 })
  })

  test('an empty variable counts as unset, at every level', () => {
    const env = { PORT: '', VLLM_API_KEY: '', VLLM_MODEL: '' }
    const { settings, env: expanded } = load({ env }, { '.env': 'PORT=3\nHOST=' })
    expect(settings).toMatchObject({ port: 3, host: '127.0.0.1', apiKey: undefined, model: undefined })
    expect(expanded).toEqual({ PORT: '3' })
  })

  test('the environment is handed on with .env beneath it', () => {
    expect(load({ env: { A: '1', B: '2' } }, { '.env': 'B=3\nC=4' }).env).toEqual({ A: '1', B: '2', C: '4' })
  })
})

describe('wrong values', () => {
  test('are all told at once, each with its option, its value and what is allowed', () => {
    const sources = {
      flags: { temperature: '3', model: '' },
      env: { VLLM_BASE_URL: 'localhost:8000', PORT: '70000', ENV: 'staging', ALLOWED_ORIGINS: '*', MAX_STEPS: '1.5' },
    }
    const files = { '.env': 'LOG_LEVEL=loud', [defaultConfigFile]: { maxTokens: 0, requestTimeout: '5m' } }
    expect(failure(sources, files)).toMatchInlineSnapshot(`
      "Settings that cannot be used:
        VLLM_BASE_URL is "localhost:8000": it must be an http or https URL without a user name or password
        --model is "": it must be the id of a model that the server has
        "maxTokens" in the config file is 0: it must be a whole number of tokens, 1 or more
        --temperature is "3": it must be a number from 0 to 2
        ENV is "staging": it must be development, production or testing
        PORT is "70000": it must be a port from 0 to 65535 (0: any free one)
        LOG_LEVEL in .env is "loud": it must be DEBUG, INFO, WARNING, ERROR, CRITICAL or SILENT, in any case
        "requestTimeout" in the config file is "5m": it must be seconds, above 0 and at most 86400
        MAX_STEPS is "1.5": it must be a whole number from 1 to 1000
        ALLOWED_ORIGINS is "*": it must be origins such as http://localhost:5173, as a comma list or a JSON array"
    `)
  })

  test.each([[null], [true], [''], [' '], [[]], [{}]])('%j is no number, rather than 0 or 1', (value) => {
    const [, ...problems] = failure({}, { [defaultConfigFile]: { port: value, temperature: value } }).split('\n')
    expect(problems).toEqual([
      `  "temperature" in the config file is ${JSON.stringify(value)}: it must be ${options.temperature.allowed}`,
      `  "port" in the config file is ${JSON.stringify(value)}: it must be ${options.port.allowed}`,
    ])
  })
})

describe('secrets', () => {
  const secret = 'sk-very-secret'

  test('are taken from the environment and .env only', () => {
    expect(load({ env: { VLLM_API_KEY: secret } }).settings.apiKey).toBe(secret)
    expect(load({}, { '.env': `VLLM_API_KEY=${secret}` }).settings.apiKey).toBe(secret)
    expect('flag' in options.apiKey).toBe(false)
  })

  test.each(['VLLM_API_KEY', 'apiKey'])('%s in a config file is refused by its name alone', (name) => {
    const message = failure({}, { [defaultConfigFile]: { [name]: secret } })
    expect(message).toBe(`The config file <folder>/${defaultConfigFile} is not valid:\n✖ Unrecognized key: "${name}"`)
  })

  test('a wrong key, a password in a URL and what is near a fault in a file are hidden', () => {
    expect(failure({ env: { VLLM_API_KEY: `${secret}\nx` } })).toContain('VLLM_API_KEY is (hidden): it must be a key')
    expect(failure({ env: { VLLM_BASE_URL: `https://me:${secret}@host/v1` } })).toContain('is "https://***@host/v1"')
    for (const text of [`{"apiKey": "${secret}"x}`, secret, `{"apiKey": ${secret}}`, `["${secret}"`, `"${secret}`]) {
      const message = failure({}, { [defaultConfigFile]: text })
      expect(message).toContain(`<folder>/${defaultConfigFile} is not JSON: `)
      expect(message).not.toContain('secret')
    }
  })
})

describe('config file', () => {
  test('one that was named must exist; the usual one need not', () => {
    expect(failure({ configFile: 'mine.json' })).toBe('The config file <folder>/mine.json does not exist.')
    expect(
      load({ configFile: 'mine.json' }, { 'mine.json': { port: 1 }, [defaultConfigFile]: { port: 2 } }),
    ).toMatchObject({
      settings: { port: 1 },
    })
  })

  test('may name its schema and begin with a byte order mark; unknown keys and other JSON are told', () => {
    expect(load({}, { [defaultConfigFile]: '\uFEFF{ "$schema": "./x.json", "port": 1 }' }).settings.port).toBe(1)
    expect(failure({}, { [defaultConfigFile]: { prot: 1, hots: 2 } })).toContain('Unrecognized keys: "prot", "hots"')
    expect(failure({}, { [defaultConfigFile]: [] })).toContain('expected object, received array')
  })

  test('a folder in its place is told rather than passed over', () => {
    using folder = createFolder()
    expect(() => loadSettings({ env: {}, folder: folder.path, configFile: '.' })).toThrow(/cannot be read: EISDIR/)
  })
})

describe('values', () => {
  test.each([
    ['http://localhost:8000', 'http://localhost:8000/v1'],
    ['http://localhost:8000/', 'http://localhost:8000/v1'],
    ['http://localhost:8000/v1', 'http://localhost:8000/v1'],
    ['http://localhost:8000/v1/', 'http://localhost:8000/v1'],
    ['https://example.com/openai', 'https://example.com/openai/v1'],
    ['https://example.com/v1beta//', 'https://example.com/v1beta'],
    ['http://[::1]:8000?x=1#y', 'http://[::1]:8000/v1'],
  ])('base URL %s is %s', (given, url) => {
    expect(setting('baseUrl', given)).toBe(url)
  })

  test.each([
    ['http://a.test, https://b.test:8443/ ,', ['http://a.test', 'https://b.test:8443']],
    ['["http://a.test","https://b.test/"]', ['http://a.test', 'https://b.test']],
    [' [] ', []],
    [',', []],
  ])('allowed origins %s', (given, origins) => {
    expect(setting('allowedOrigins', given)).toEqual(origins)
  })

  test.each(['[1]', '["http://a.test"', 'http://a.test,ftp://b.test', 'a.test', 'null'])('no origins: %s', (given) => {
    expect(failure({ env: { ALLOWED_ORIGINS: given } })).toContain(`ALLOWED_ORIGINS is ${JSON.stringify(given)}`)
  })

  test('a config file has lists, numbers and truth values of its own', () => {
    const file = { allowedOrigins: ['http://a.test/'], allowedHosts: ['b.test'], parallelToolCalls: true, port: 1 }
    expect(load({}, { [defaultConfigFile]: file }).settings).toMatchObject({
      ...file,
      allowedOrigins: ['http://a.test'],
    })
    expect(setting('allowedHosts', 'a.test,b.test')).toEqual(['a.test', 'b.test'])
  })

  test.each([
    ['INFO', 'info'],
    ['Warning', 'warn'],
    ['warn', 'warn'],
    ['critical', 'fatal'],
    ['SILENT', 'silent'],
  ])('log level %s', (given, level) => {
    expect(setting('logLevel', given)).toBe(level)
  })

  test('switches, environments and numbers at their limits', () => {
    expect(['true', '1', 'YES', 'On'].map((word) => setting('parallelToolCalls', word))).toEqual(Array(4).fill(true))
    expect(['false', '0', 'no', 'off'].map((word) => setting('parallelToolCalls', word))).toEqual(Array(4).fill(false))
    expect(setting('environment', 'PRODUCTION')).toBe('production')
    expect(setting('temperature', '0')).toBe(0)
    expect(setting('port', '0')).toBe(0)
    expect(setting('requestTimeout', '0.5')).toBe(0.5)
    expect(
      failure({ env: { REQUEST_TIMEOUT: '0', VLLM_TEMPERATURE: '-0.1', PARALLEL_TOOL_CALLS: 'maybe' } }),
    ).toContain('PARALLEL_TOOL_CALLS is "maybe": it must be true or false')
  })
})
