import { once } from 'node:events'
import type { Command } from 'commander'
import type { Health } from '../../../agent/health.ts'
import type { CatalogTool } from '../../../catalog/catalog.ts'
import { version } from '../../../version.ts'
import { type Access, accessWords, readAccess } from '../../http/access.ts'
import type { CliContext } from '../context.ts'
import { listen } from '../listen.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

/** `agent-host serve`: the HTTP service, until it is interrupted. */
export function serveCommand(program: Command, context: CliContext): void {
  const command = program.command('serve').description('serve the agent over HTTP')
  addSettingsFlags(command).action(() => serve(command, context))
}

async function serve(command: Command, context: CliContext): Promise<void> {
  const options = settingsOf(command)
  // Refused before anything is started.
  const wanted = context.settings(options)
  const access = readAccess(wanted, wanted.host)
  const { service, runtime, limiter, settings, log, ...host } = await context.open(options)
  const { createApp } = await import('../../http/app.ts')
  const served = { service, runtime, ...host }
  const app = await createApp(served, log, { ...settings, ...access, limiter }, settings.maxBody)
  runtime.watch()
  try {
    const address = await listen(app, settings, 'PORT and HOST set another.')
    process.stderr.write(banner(address, access, await service.health(), await service.tools()))
    await once(context.interrupted, 'abort')
  } finally {
    // No new connection comes; what is going on may end before the rest is cut off.
    app.server.close()
    await host.close(settings.shutdownTimeout * 1000)
    await app.close()
  }
}

function banner(
  address: string,
  access: Access,
  { model_server: model }: Health,
  tools: readonly CatalogTool[],
): string {
  const header = access.keys.length > 0 ? ` -H "authorization: Bearer $API_KEY"` : ''
  const name = model.model ?? '(unknown yet)'
  const lines = [
    `agent-host ${version} on ${address}`,
    model.demo
      ? '  model   a scripted demo, not a model: no model server was found. Set VLLM_BASE_URL to use yours.'
      : `  model   ${name} at ${model.url}${model.error === undefined ? '' : ` - ${model.error}`}`,
    `  tools   ${tools.map((tool) => tool.name).join(', ') || 'none'}`,
    `  openai  OPENAI_BASE_URL=${address}/v1`,
    `  keys    ${accessWords(access)}`,
    `  try     curl -s ${address}/api/chat${header} -H 'content-type: application/json' -d '{"message":"What time is it in Seoul?"}'`,
  ]
  return `\n${lines.join('\n')}\n\n`
}
