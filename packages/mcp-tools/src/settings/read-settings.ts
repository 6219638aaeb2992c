import { readFile } from 'node:fs/promises'
import * as z from 'zod/v4'
import { closedObject, type Setting } from './setting.ts'
import { settingEntries, type Settings } from './table.ts'

/** What one source says of a setting. */
interface Given {
  /** The variable, or the place in the file. */
  readonly at: string
  readonly value: unknown
}

/**
 * Reads the settings from `env` and the config file that `configPath`, or `MCP_TOOLS_CONFIG`, names. The environment
 * wins; lists add up. Throws an `Error` with a line for each problem, naming the variable or the place in the file.
 */
export async function readSettings(env: NodeJS.ProcessEnv, configPath?: string): Promise<Settings> {
  const path = configPath ?? textOf(env, 'MCP_TOOLS_CONFIG')
  const file = path === undefined ? {} : await readConfigFile(path)
  const settings: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, setting] of settingEntries) {
    const values: unknown[] = []
    // Each source is checked, so that a mistake does not hide behind another source.
    for (const { at, value } of toGiven(setting, env, file, path)) {
      const parsed = await setting.schema.safeParseAsync(value)
      if (parsed.success) values.push(parsed.data)
      else problems.push(...toProblems(parsed.error, at, at === setting.env))
    }
    settings[name] = setting.addsUp === true ? values.flat() : values.at(-1)
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return { ...(settings as Settings), config: path }
}

/** What the sources say, the stronger one last; `undefined` where none says anything, for the default. */
function toGiven(
  { key, env: variable, fromText }: Setting,
  env: NodeJS.ProcessEnv,
  file: Readonly<Record<string, unknown>>,
  path = '',
): readonly Given[] {
  const given: Given[] = []
  if (key !== undefined && file[key] !== undefined) given.push({ at: `${path}: ${key}`, value: file[key] })
  const text = variable === undefined ? undefined : textOf(env, variable)
  if (variable !== undefined && text !== undefined) given.push({ at: variable, value: fromText?.(text) ?? text })
  return given.length === 0 ? [{ at: '', value: undefined }] : given
}

/** Set but empty is what a template leaves behind; it means unset. */
function textOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name]?.trim()
  return text === '' ? undefined : text
}

async function readConfigFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`${path}: the config file cannot be read (${toReason(error)}).`, { cause: error })
  })
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`${path}: not valid JSON (${toReason(error)}).`, { cause: error })
  }
  const keys = settingEntries.flatMap(([, { key }]) => (key === undefined ? [] : [key]))
  const parsed = closedObject(Object.fromEntries(keys.map((key) => [key, z.unknown().optional()]))).safeParse(json)
  if (!parsed.success) throw new Error(toProblems(parsed.error, path).join('\n'))
  return parsed.data
}

/** `tools.json: profiles[0].from: expected …`, a line for each; a variable is one text, without places inside. */
function toProblems({ issues }: z.ZodError, at: string, isVariable = false): readonly string[] {
  return issues.map(({ path, message }) => `${at}${isVariable ? '' : path.map(toStep).join('')}: ${message}`)
}

function toStep(part: PropertyKey): string {
  return typeof part === 'number' ? `[${part}]` : `.${String(part)}`
}

function toReason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
