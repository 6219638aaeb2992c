import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { LoadedSettings } from './config/load.ts'
import type { McpServers } from './config/mcp-servers.ts'
import type { Settings } from './config/options.ts'

/** Names of mcp-tools' own settings. */
const ownSettings = /^(?:HTTP_|MCP_TOOLS_|TZ$)/

/** Our own tools over stdio, for those who configured no MCP servers. */
export function bundledTools({ httpAllow }: Settings, env: LoadedSettings['env']): McpServers {
  const folder = dirname(createRequire(import.meta.url).resolve('mcp-tools/package.json'))
  const args = [join(folder, 'dist/cli.js')]
  // Profiles in a config file take their secrets from variables of any name.
  const names = Object.keys(env).filter((name) => env.MCP_TOOLS_CONFIG !== undefined || ownSettings.test(name))
  const passed = { ...Object.fromEntries(names.map((name) => [name, env[name]])), HTTP_ALLOW: httpAllow }
  const set = Object.entries(passed).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    'mcp-tools': { type: 'stdio', command: process.execPath, args, env: Object.fromEntries(set), cwd: undefined },
  }
}
