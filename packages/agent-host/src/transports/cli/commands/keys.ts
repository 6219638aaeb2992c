import type { Command } from 'commander'
import { z } from 'zod'
import { type ApiKey, createKey, hashOf, isKeyName, keyNameRule } from '../../../config/api-key.ts'
import { appendApiKey, readApiKeys, readApiKeysFile } from '../../../config/api-keys-file.ts'
import type { Settings } from '../../../config/options.ts'
import { HostError } from '../../../core/errors.ts'
import type { CliContext } from '../context.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

const limit = z.coerce.number().int().positive()

/** `agent-host keys create` and `keys list`: the API keys that callers of `serve` and `proxy` must have. */
export function keysCommand(program: Command, context: CliContext): void {
  const keys = program.command('keys').description('make API keys for callers of serve and proxy, or list them')
  const list = keys
    .command('list', { isDefault: true })
    .description('list the keys by name')
    .option('--json', 'print JSON')
  addSettingsFlags(list, ['apiKeysFile']).action(() =>
    printList(context.settings(settingsOf(list)), list.opts<{ json?: true }>().json),
  )
  const create = keys
    .command('create')
    .description('make a key and print it, once: only its hash is kept')
    .argument('<name>', `whose it is (${keyNameRule})`)
    .option('--requests-per-minute <count>', 'most requests in a minute (default: no limit)')
    .option('--json', 'print JSON')
  addSettingsFlags(create, ['apiKeysFile']).action((name: string) => {
    const { requestsPerMinute, json } = create.opts<{ requestsPerMinute?: string; json?: true }>()
    createOne(name, requestsPerMinute, context.settings(settingsOf(create)), json)
  })
}

/** The key alone goes to stdout, so that it can be piped to where it is kept. */
function createOne(name: string, perMinute: string | undefined, settings: Settings, json: true | undefined): void {
  const requestsPerMinute = perMinute === undefined ? undefined : parseLimit(perMinute)
  if (!isKeyName(name)) throw new HostError('invalid_request', `"${name}" cannot name a key: ${keyNameRule}.`)
  const { apiKeysFile: file, apiKeys } = settings
  const known = [...apiKeys, ...((file === undefined ? undefined : readApiKeysFile(file)) ?? [])]
  if (known.some((key) => key.name === name)) {
    throw new HostError(
      'invalid_request',
      `There is a key named "${name}" already. Take out its entry first, or choose another name.`,
    )
  }
  const key = createKey()
  const entry: ApiKey = { name, hash: hashOf(key), ...(requestsPerMinute !== undefined && { requestsPerMinute }) }
  if (file !== undefined) appendApiKey(file, entry)
  if (json) return print({ name, key, entry, file: file ?? null })
  process.stdout.write(`${key}\n`)
  process.stderr.write(
    file === undefined
      ? `The key is shown only this once. Put its entry among "apiKeys" of agent-host.config.json:\n  ${JSON.stringify(entry)}\n`
      : `The key is shown only this once. Its entry was added to ${file}; a running service reads it at its next start.\n`,
  )
}

function printList(settings: Settings, json: true | undefined): void {
  const keys = readApiKeys(settings).map(({ name, requestsPerMinute }) => ({
    name,
    requests_per_minute: requestsPerMinute ?? null,
    from: settings.apiKeys.some((key) => key.name === name) ? 'settings' : (settings.apiKeysFile ?? ''),
  }))
  if (json) return print({ keys })
  if (keys.length === 0)
    process.stderr.write('No keys are set, so none is asked for. Make one: agent-host keys create NAME\n')
  const widest = Math.max(0, ...keys.map(({ name }) => name.length))
  for (const { name, requests_per_minute: perMinute, from } of keys) {
    const allowed = perMinute === null ? 'no limit' : `${perMinute} requests a minute`
    process.stdout.write(`${name.padEnd(widest)}  ${allowed}  (${from})\n`)
  }
}

function parseLimit(text: string): number {
  const parsed = limit.safeParse(text)
  if (parsed.success) return parsed.data
  throw new HostError('invalid_request', `--requests-per-minute is "${text}": it must be a whole number, 1 or more`)
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
