import type { Command } from 'commander'
import type { CatalogTool } from '../../../catalog/catalog.ts'
import { describeTool } from '../../../catalog/describe-tool.ts'
import { toValue } from '../../../catalog/tool-outcome.ts'
import { HostError, errorCodes } from '../../../core/errors.ts'
import { toText } from '../../../core/message.ts'
import type { CliContext } from '../context.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

/** `agent-host tools` and `agent-host tools call NAME JSON`: the tools without a model. */
export function toolsCommand(program: Command, context: CliContext): void {
  const tools = program.command('tools').description('list the tools, or call one')
  const list = tools.command('list', { isDefault: true }).description('list the tools').option('--json', 'print JSON')
  addSettingsFlags(list).action(() => withTools(list, context, printList))
  const call = tools
    .command('call')
    .description('call one tool and print what it returns')
    .argument('<name>', 'the tool')
    .argument('[json]', 'its arguments', '{}')
    .option('--json', 'print JSON')
  addSettingsFlags(call).action((name: string, json: string) =>
    withTools(call, context, (found, asJson, timeoutMs) => callTool(found, { name, json, asJson, timeoutMs, context })),
  )
}

type Work = (tools: readonly CatalogTool[], asJson: boolean, timeoutMs: number) => Promise<void> | void

async function withTools(command: Command, context: CliContext, work: Work): Promise<void> {
  const { catalog, settings, close } = await context.openTools({
    ...settingsOf(command),
    defaults: { logLevel: 'warning' },
  })
  try {
    const asJson = command.opts<{ json?: true }>().json ?? false
    await work(await catalog.tools(), asJson, settings.toolTimeout * 1000)
  } finally {
    await close()
  }
}

function printList(tools: readonly CatalogTool[], asJson: boolean): void {
  if (asJson) return print({ tools: tools.map(describeTool) })
  const widest = Math.max(0, ...tools.map(({ name }) => name.length))
  for (const { name, server, title, description } of tools) {
    process.stdout.write(`${name.padEnd(widest)}  ${title ?? firstLine(description)}  (${server})\n`)
  }
}

interface Call {
  name: string
  json: string
  asJson: boolean
  timeoutMs: number
  context: CliContext
}

async function callTool(tools: readonly CatalogTool[], call: Call): Promise<void> {
  const { name, asJson, timeoutMs, context } = call
  const tool = tools.find((candidate) => candidate.name === name)
  if (!tool) {
    const names = tools.map((candidate) => candidate.name).join(', ')
    throw new HostError('unknown_tool', `There is no tool "${name}". The tools are: ${names || 'none'}.`)
  }
  const args = parseArguments(call.json)
  const problem = tool.check(args)
  if (problem !== undefined) throw new HostError('invalid_request', `The arguments do not fit ${name}: ${problem}`)
  const outcome = await tool.call(args, { timeoutMs, signal: context.interrupted })
  if (asJson) print({ name, arguments: args, result: toValue(outcome), is_error: outcome.isError })
  else process.stdout.write(`${toText(outcome.parts)}\n`)
  if (outcome.isError) context.setExitCode(errorCodes.tool_server_failed.exit)
}

function parseArguments(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below, together with JSON that is not an object.
  }
  throw new HostError('invalid_request', `The arguments must be a JSON object, not: ${json}`)
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

function firstLine(text: string | undefined): string {
  return text?.trim().split('\n')[0] ?? ''
}
