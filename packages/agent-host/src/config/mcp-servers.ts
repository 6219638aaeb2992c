import { resolve } from 'node:path'
import { z } from 'zod'
import { HostError } from '../core/errors.ts'
import { parseJson, readOptional } from './load.ts'

const text = z.string().min(1)
const texts = z.record(z.string(), z.string())

const stdio = z.object({
  type: z.literal('stdio'),
  command: text,
  args: z.array(z.string()).default([]),
  env: texts.default({}),
  cwd: text.optional(),
})
/** `http` is Streamable HTTP; where a server answers it with 4xx, the older SSE transport is tried. */
const http = z.object({
  type: z.enum(['http', 'streamable-http', 'sse']),
  url: z.url({ protocol: /^https?$/ }),
  headers: texts.default({}),
})

/** Claude Desktop writes no type: a url means `http`, anything else a command. */
function withType(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'type' in value) return value
  return { type: 'url' in value ? 'http' : 'stdio', ...value }
}

/** Other keys (`disabled`, `autoApprove`, …) belong to other clients that share the file, and are left alone. */
const file = z.object({
  mcpServers: z.record(text, z.preprocess(withType, z.discriminatedUnion('type', [stdio, http]))),
})

export type StdioServerConfig = z.output<typeof stdio>
export type HttpServerConfig = z.output<typeof http>
export type McpServerConfig = StdioServerConfig | HttpServerConfig
export type McpServers = Record<string, McpServerConfig>

/**
 * Reads an `mcpServers` file of the shape that Claude Desktop and Claude Code use. `${NAME}` and `${NAME:-default}` in
 * any string are expanded from `env`.
 *
 * @throws HostError `invalid_config` naming the server and the field.
 */
export function readMcpServers(path: string, env: Readonly<Record<string, string | undefined>>): McpServers {
  const content = readOptional(resolve(path))
  if (content === undefined) throw new HostError('invalid_config', `The MCP config ${path} does not exist.`)
  const unset: string[] = []
  const parsed = file.safeParse(expand(parseJson(content, path), env, [], unset))
  if (unset.length > 0) {
    throw new HostError(
      'invalid_config',
      `The MCP config ${path} uses variables that are not set:\n${unset.join('\n')}`,
    )
  }
  if (!parsed.success) {
    throw new HostError('invalid_config', `The MCP config ${path} is not valid:\n${z.prettifyError(parsed.error)}`)
  }
  return parsed.data.mcpServers
}

/** The same value with its variables filled in; one that has none is added to `unset` with the place that uses it. */
function expand(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  place: readonly (string | number)[],
  unset: string[],
): unknown {
  if (Array.isArray(value)) return value.map((item, i) => expand(item, env, [...place, i], unset))
  if (typeof value === 'object' && value !== null) {
    const expanded = Object.entries(value).map(([key, item]) => [key, expand(item, env, [...place, key], unset)])
    return Object.fromEntries(expanded) as unknown
  }
  if (typeof value !== 'string') return value
  return value.replaceAll(
    /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g,
    (variable: string, name: string, fallback?: string) => {
      const found = env[name] ?? fallback
      if (found === undefined) unset.push(`  ${variable} in ${place.join('.')}`)
      return found ?? variable
    },
  )
}
