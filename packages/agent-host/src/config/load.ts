import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { HostError } from '../core/errors.ts'
import { type OptionName, options, type Settings } from './options.ts'

/** Read when it is there and no other is named with `--config`. */
export const defaultConfigFile = 'agent-host.config.json'

interface Sources {
  /** Values of flags by option name, as the command line gave them. */
  flags?: Partial<Record<OptionName, unknown>>
  env?: NodeJS.ProcessEnv
  /** Folder of `.env` and the default config file. Default: the current one. */
  folder?: string
  /** Values for what is set nowhere, in place of the options' own defaults. */
  defaults?: Partial<Record<OptionName, unknown>>
  /** A config file that must exist. */
  configFile?: string | undefined
}

export interface LoadedSettings {
  settings: Settings
  /** The environment with `.env` beneath it: what `${NAME}` in an MCP config is expanded from. */
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Reads settings from flags, else the environment, else `.env`, else the config file, and validates them once.
 * An empty environment variable counts as unset, as compose files and CI systems write it so.
 *
 * @throws HostError `invalid_config` that names every wrong option, its value and what is allowed.
 */
export function loadSettings(sources: Sources = {}): LoadedSettings {
  const { flags = {}, env = process.env, folder = process.cwd(), defaults = {} } = sources
  const dotEnv = parseEnv(readOptional(resolve(folder, '.env')) ?? '')
  const file = readConfigFile(folder, sources.configFile)
  const problems: string[] = []
  const settings: Record<string, unknown> = {}

  for (const [name, option] of Object.entries(options) as [OptionName, (typeof options)[OptionName]][]) {
    const found = [
      { from: option.flag?.split(' ')[0] ?? '', value: flags[name] },
      { from: option.env, value: env[option.env] || undefined },
      { from: `${option.env} in .env`, value: dotEnv[option.env] || undefined },
      { from: `"${name}" in the config file`, value: file[name] },
      { from: name, value: defaults[name] },
    ].find(({ value }) => value !== undefined)
    const parsed = option.schema.safeParse(found?.value)
    if (parsed.success) settings[name] = parsed.data
    else
      problems.push(
        `${found?.from} is ${shown(found?.value, option.secret ?? option.hidden)}: it must be ${option.allowed}`,
      )
  }
  if (problems.length > 0) {
    throw new HostError('invalid_config', `Settings that cannot be used:\n${problems.map((p) => `  ${p}`).join('\n')}`)
  }
  return { settings: settings as Settings, env: { ...withoutEmpty(dotEnv), ...withoutEmpty(env) } }
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

/** The value in a message; neither a secret nor the password in a URL. */
function shown(value: unknown, hidden: true | undefined): string {
  return hidden ? '(hidden)' : JSON.stringify(value).replaceAll(/\/\/[^/@\s]*@/g, '//***@')
}

/** A config file may set any option that is not a secret, by its name in {@link options}. */
function readConfigFile(folder: string, named: string | undefined): Record<string, unknown> {
  const path = resolve(folder, named ?? defaultConfigFile)
  const text = readOptional(path)
  if (text === undefined) {
    if (named === undefined) return {}
    throw new HostError('invalid_config', `The config file ${path} does not exist.`)
  }
  const allowed = Object.entries(options).filter(([, option]) => !('secret' in option && option.secret))
  const schema = z.strictObject({
    $schema: z.string().optional(),
    ...Object.fromEntries(allowed.map(([name]) => [name, z.unknown().optional()])),
  })
  const parsed = schema.safeParse(parseJson(text, path))
  if (parsed.success) return parsed.data
  throw new HostError('invalid_config', `The config file ${path} is not valid:\n${z.prettifyError(parsed.error)}`)
}

/** @throws HostError `invalid_config` where the text is not JSON. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // V8 quotes what is around the fault, which may be a secret in the file.
    const words = (error as Error).message.replace(/, (?:\.{3})?".*is not valid JSON$/s, '')
    throw new HostError('invalid_config', `${path} is not JSON: ${words}`)
  }
}

/** The file's text, or `undefined` where there is no such file; any other fault is the reader's to know. */
export function readOptional(path: string): string | undefined {
  try {
    // Editors on Windows begin a file with a byte order mark.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new HostError('invalid_config', `${path} cannot be read: ${(error as Error).message}`)
  }
}
