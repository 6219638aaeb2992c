import { once } from 'node:events'
import type { Command } from 'commander'
import { version } from '../../../version.ts'
import type { CliContext } from '../context.ts'
import { listen } from '../listen.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

const settings = ['model', 'logLevel', 'requestTimeout', 'allowedOrigins', 'allowedHosts', 'dialects'] as const

/** `agent-host proxy`: the OpenAI-compatible routes in front of a model server, until it is interrupted. */
export function proxyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('proxy')
    .description('serve an OpenAI-compatible proxy that makes the calls of a model server right')
    .addHelpText('after', '\nVLLM_BASE_URL counts where neither a preset nor BACKEND_* is set.')
  addSettingsFlags(command, [...settings, 'toolCallConversion', 'maxBody']).action(() => proxy(command, context))
}

async function proxy(command: Command, context: CliContext): Promise<void> {
  const { proxy: service, settings: loaded, log } = await context.openProxy(settingsOf(command))
  const { proxyHost: host, proxyPort: port, maxBody, allowedHosts, allowedOrigins } = loaded
  const { createProxyApp } = await import('../../openai/app.ts')
  const app = await createProxyApp({ proxy: service, maxBody }, log, { host, allowedHosts, allowedOrigins })
  try {
    const address = await listen(app, { host, port }, 'PROXY_PORT and PROXY_HOST set another.')
    process.stderr.write(banner(address, service.url, loaded.toolCallConversion))
    await once(context.interrupted, 'abort')
  } finally {
    await app.close()
    await service.close()
  }
}

function banner(address: string, backend: string, conversion: boolean): string {
  const lines = [
    `agent-host ${version} proxy on ${address}`,
    `  to      ${backend}`,
    `  calls   ${conversion ? 'in text become tool_calls' : 'are left as they are: ENABLE_TOOL_CALL_CONVERSION is false'}`,
    `  use     OPENAI_BASE_URL=${address}/v1`,
  ]
  return `\n${lines.join('\n')}\n\n`
}
