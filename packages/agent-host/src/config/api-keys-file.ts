import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { HostError } from '../core/errors.ts'
import { type ApiKey, apiKeyList } from './api-key.ts'
import { parseJson, readOptional } from './load.ts'
import type { Settings } from './options.ts'

type KeySettings = Pick<Settings, 'apiKeys' | 'apiKeysFile'>

/**
 * The keys of the settings and of the file that they name. No keys means that none is asked for, so a file without any
 * is refused rather than taken for that.
 *
 * @throws HostError `invalid_config`.
 */
export function readApiKeys({ apiKeys: configured, apiKeysFile }: KeySettings): readonly ApiKey[] {
  if (apiKeysFile === undefined) return configured
  const inFile = readApiKeysFile(apiKeysFile)
  if (inFile === undefined || inFile.length === 0) {
    const message = `The API keys file ${resolve(apiKeysFile)} has no keys. Make one: agent-host keys create NAME --api-keys-file ${apiKeysFile}`
    throw new HostError('invalid_config', message)
  }
  const twice = inFile.find(({ name }) => configured.some((key) => key.name === name))
  if (twice) {
    const message = `The API key "${twice.name}" is in ${resolve(apiKeysFile)} and in the settings too. Each name may be there once.`
    throw new HostError('invalid_config', message)
  }
  return [...configured, ...inFile]
}

/** The keys of a file; `undefined` where there is no such file. @throws HostError `invalid_config`. */
export function readApiKeysFile(file: string): readonly ApiKey[] | undefined {
  const path = resolve(file)
  const text = readOptional(path)
  if (text === undefined) return undefined
  const parsed = apiKeyList.safeParse(parseJson(text, path))
  if (parsed.success) return parsed.data
  throw new HostError('invalid_config', `The API keys file ${path} is not valid:\n${z.prettifyError(parsed.error)}`)
}

/** Adds a key to a file, which only its owner may read; it is there whole or not at all. */
export function appendApiKey(file: string, key: ApiKey): void {
  const path = resolve(file)
  const keys = [...(readApiKeysFile(file) ?? []), key]
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
    chmodSync(temporary, 0o600)
    renameSync(temporary, path)
  } catch (error) {
    throw new HostError('invalid_config', `${path} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}
