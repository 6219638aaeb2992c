#!/usr/bin/env node
import { isIPv4 } from 'node:net'
import type { McpServerFactory } from '@modelcontextprotocol/server'
import { type CommandLine, helpText, parseCommandLine, UsageError } from './command-line.ts'
import { packageInfo } from './package-info.ts'
import type { PolicyCheck } from './policy-check.ts'
import { toHttpOptions } from './settings/http-options.ts'
import { readSettings } from './settings/read-settings.ts'
import type { Settings } from './settings/table.ts'
import { createTools } from './tools/registry.ts'
import type { HttpRequestOptions } from './tools/http-request/run.ts'
import type { Tool } from './tools/tool.ts'

const exitCodes = { failure: 1, usage: 2 } as const

/** How long an end may take, in milliseconds. */
const graceMs = 1_000

await main().catch((error: unknown) => {
  process.stderr.write(`mcp-tools: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failure
})

async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2))
  if (commandLine.help) process.stdout.write(helpText())
  else if (commandLine.version) process.stdout.write(`${packageInfo.version}\n`)
  else if (commandLine.check === undefined) await serve(commandLine)
  else await check(commandLine.check, commandLine)
}

async function check(asked: PolicyCheck, commandLine: CommandLine): Promise<void> {
  const { http } = await load(commandLine)
  const { checkPolicy } = await import('./policy-check.ts')
  const { text, exitCode } = await checkPolicy(asked, http)
  process.stdout.write(text)
  process.exitCode = exitCode
}

async function serve(commandLine: CommandLine): Promise<void> {
  const { settings, http } = await load(commandLine)
  const tools = createTools({ http, time: { timezone: settings.timezone } })
  const { createServerFactory } = await import('./server.ts')
  const build = createServerFactory(tools, report)
  const running = commandLine.http ? await startHttp(build, commandLine, settings) : await startStdio(build)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      exitSoon()
      end(running, tools).catch(report)
    })
  }
}

/** The settings, and what they mean for `http_request`. Throws {@link UsageError}. */
async function load({ config }: CommandLine): Promise<{ settings: Settings; http: HttpRequestOptions }> {
  try {
    const settings = await readSettings(process.env, config)
    return { settings, http: await toHttpOptions(settings, process.env) }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

async function end(running: { close(): Promise<void> }, tools: readonly Tool[]): Promise<void> {
  await running.close()
  await Promise.all(tools.map(async (tool) => tool.close?.()))
}

/** Nothing is left to do by then, but a name lookup under way in the system cannot be stopped and keeps Node waiting. */
function exitSoon(): void {
  setTimeout(() => process.exit(), graceMs).unref()
}

async function startStdio(build: McpServerFactory): Promise<{ close(): Promise<void> }> {
  const { serveOverStdio } = await import('./transports/stdio.ts')
  process.stdin.once('close', exitSoon)
  return serveOverStdio(build, report)
}

async function startHttp(
  build: McpServerFactory,
  { host, port }: CommandLine,
  { token, hosts, profiles, clientCertificates }: Settings,
): Promise<{ close(): Promise<void> }> {
  if (token === undefined && !isLoopback(host)) {
    throw new UsageError(
      `--host ${host} would let other machines in: set MCP_TOOLS_TOKEN to a secret of your own, or listen on 127.0.0.1.`,
    )
  }
  if (token === undefined && profiles.length + clientCertificates.length > 0) {
    throw new UsageError(
      'Whoever reaches this port could use your profiles and certificates: set MCP_TOOLS_TOKEN to a secret of your own.',
    )
  }
  const { serveOverHttp } = await import('./transports/http.ts')
  const endpoint = await serveOverHttp(build, { host, port, token, hosts, onError: report })
  // On stderr, as everything but answers: stdout is free for whoever reads it.
  process.stderr.write(`mcp-tools: ${endpoint.origin}/mcp, legacy ${endpoint.origin}/sse\n`)
  return endpoint
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function report(error: unknown): void {
  process.stderr.write(`mcp-tools: ${error instanceof Error ? error.message : String(error)}\n`)
}
