import { parseArgs } from 'node:util'
import type { PolicyCheck } from './policy-check.ts'
import type { Setting } from './settings/setting.ts'
import { settingEntries } from './settings/table.ts'

/** What the command line asks for. */
export interface CommandLine {
  readonly http: boolean
  readonly host: string
  readonly port: number
  readonly help: boolean
  readonly version: boolean
  /** The config file, where the command line names one. */
  readonly config: string | undefined
  /** What `policy check` asks; absent: to serve. */
  readonly check?: PolicyCheck
}

/** A command line that cannot be followed; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const defaultHost = '127.0.0.1'
const defaultPort = 3001
const maxPort = 65_535

/** Reads the arguments after the program's name. Throws {@link UsageError}. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args)
  const { http, host, port, help, version, config } = values
  const number = Number(port ?? defaultPort)
  if (!Number.isInteger(number) || number < 0 || number > maxPort) {
    throw new UsageError(`--port ${port}: expected a number from 0 to ${maxPort}.`)
  }
  if (!http && (host !== undefined || port !== undefined)) throw new UsageError('--host and --port need --http.')
  const check = toPolicyCheck(positionals, values)
  if (check !== undefined && http) throw new UsageError('policy check takes no --http.')
  return { http, host: host ?? defaultHost, port: number, help, version, config, ...(check !== undefined && { check }) }
}

function toPolicyCheck(
  positionals: readonly string[],
  { method, json }: { method?: string; json?: boolean },
): PolicyCheck | undefined {
  const [command, verb, address, ...rest] = positionals
  if (command === undefined) {
    if (method !== undefined || json === true) throw new UsageError('--method and --json are for policy check.')
    return undefined
  }
  if (command !== 'policy' || verb !== 'check') {
    throw new UsageError(`Unknown command ${JSON.stringify(positionals.join(' '))}; expected policy check URL.`)
  }
  const url = URL.parse(address ?? '')
  if (url === null || rest.length > 0) throw new UsageError('policy check takes one URL, such as https://example.com/.')
  if (method !== undefined && !/^[a-z][a-z-]{0,31}$/i.test(method)) {
    throw new UsageError(`--method ${method}: expected a method such as POST.`)
  }
  return { url, method: (method ?? 'GET').toUpperCase(), json: json ?? false }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        http: { type: 'boolean', default: false },
        host: { type: 'string' },
        port: { type: 'string' },
        config: { type: 'string' },
        method: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** The text of `--help`. */
export function helpText(): string {
  return `mcp-tools: an MCP server with http_request and time_now

Usage: mcp-tools [--config FILE] [--http [--host HOST] [--port PORT]]
       mcp-tools [--config FILE] policy check URL [--method METHOD] [--json]

Without --http it speaks MCP over stdin and stdout until stdin ends. \`policy check\` says whether http_request may call
a URL and why, without calling it: exit code 0 allowed, 4 denied, 1 where the name has no address.

Options:
  --config FILE        a JSON file of settings
  --http               serve over HTTP: Streamable at /mcp, legacy HTTP+SSE at /sse and /messages
  --host HOST          address to listen on (default ${defaultHost}); beyond loopback only with a token
  --port PORT          port to listen on (default ${defaultPort}); 0 takes any free one
  --method METHOD      the method that policy check is about (default GET)
  --json               have policy check answer in JSON
  -h, --help           show this text
  -v, --version        show the version

Settings, by environment variable and [key in the config file]; the environment wins, lists add up:
${settingEntries.map(([, setting]) => toHelp(setting)).join('\n')}

A rule is [METHODS=][scheme://]host[:port][/path] or address/bits[:port], such as
  http://127.0.0.1:8123   GET+POST=https://api.example.com/v1   *.corp.example.com   10.0.0.0/8:8080
In the environment rules are separated by commas or spaces.
`
}

function toHelp({ env, key, type, default: standard, description }: Setting): string {
  const name = [env, key === undefined ? undefined : `[${key}]`].filter((part) => part !== undefined).join(' ')
  return `  ${name}\n      ${description}\n      (${type}; default ${standard})`
}
