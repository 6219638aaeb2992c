import * as z from 'zod/v4'

/** What can be set from the environment, as `--help` and the documentation show it. */
export interface SettingInfo {
  readonly type: string
  /** In words, for what is not simply a value. */
  readonly default: string
  readonly description: string
}

/** Every environment variable that is read. */
export const settingInfos = {
  HTTP_ALLOW: {
    type: 'rules',
    default: 'none',
    description: 'whom http_request may call beyond safe methods on public hosts',
  },
  HTTP_MAX_TIMEOUT_MS: {
    type: 'milliseconds',
    default: '120000',
    description: 'longest timeout_ms that a call may ask for',
  },
  HTTP_MAX_BYTES: {
    type: 'bytes',
    default: '2000000',
    description: 'most of a body that is read, as it comes and once unpacked',
  },
  MCP_TOOLS_TOKEN: {
    type: 'secret',
    default: 'none',
    description: 'bearer token that --http then asks of every request; needed beyond loopback',
  },
  MCP_TOOLS_HOSTS: {
    type: 'host names',
    default: 'none',
    description: 'Host and Origin names to accept besides the address it listens on',
  },
} as const satisfies Record<string, SettingInfo>

/** The settings, read and checked. */
export interface Settings {
  readonly allow: string
  readonly maxTimeoutMs: number
  readonly maxBytes: number
  readonly token: string | undefined
  readonly hosts: readonly string[]
}

const longestTimeoutMs = 3_600_000
const mostBytes = 100_000_000
const shortestToken = 16

/** Set but empty is what a template leaves behind; it means unset. */
const unlessEmpty = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), schema)

const environment = z.object({
  HTTP_ALLOW: unlessEmpty(z.string().default('')),
  HTTP_MAX_TIMEOUT_MS: unlessEmpty(z.coerce.number().int().min(1).max(longestTimeoutMs).default(120_000)),
  HTTP_MAX_BYTES: unlessEmpty(z.coerce.number().int().min(1).max(mostBytes).default(2_000_000)),
  // The value itself never shows in a message.
  MCP_TOOLS_TOKEN: unlessEmpty(
    z.string().trim().min(shortestToken, `must have at least ${shortestToken} characters`).optional(),
  ),
  MCP_TOOLS_HOSTS: unlessEmpty(z.string().default('')),
} satisfies Record<keyof typeof settingInfos, z.ZodType>)

/** Reads the settings. Throws an `Error` naming the variable and what it may be. */
export async function readSettings(env: NodeJS.ProcessEnv): Promise<Settings> {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(problems.join('\n'))
  }
  const { HTTP_ALLOW, HTTP_MAX_TIMEOUT_MS, HTTP_MAX_BYTES, MCP_TOOLS_TOKEN, MCP_TOOLS_HOSTS } = parsed.data
  await checkRules(HTTP_ALLOW)
  return {
    allow: HTTP_ALLOW,
    maxTimeoutMs: HTTP_MAX_TIMEOUT_MS,
    maxBytes: HTTP_MAX_BYTES,
    token: MCP_TOOLS_TOKEN,
    hosts: MCP_TOOLS_HOSTS.split(/[\s,]+/).filter((host) => host !== ''),
  }
}

/** So that a rule nobody can read stops the program at its start, not the first call. */
async function checkRules(allow: string): Promise<void> {
  if (allow === '') return
  const { parseRules } = await import('./tools/http-request/parse-rules.ts')
  try {
    parseRules(allow)
  } catch (error) {
    throw new Error(`HTTP_ALLOW: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
