import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** Name and version as told to MCP clients and by `--version`. */
export const packageInfo = { name: 'mcp-tools', title: 'MCP tools', version: manifest.version }
