import { once } from 'node:events'
import type { Command } from 'commander'
import { version } from '../../../version.ts'
import { type Access, accessWords, readAccess } from '../../http/access.ts'
import type { CliContext } from '../context.ts'
import { listen } from '../listen.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

const settings = [
  'model',
  'logLevel',
  'requestTimeout',
  'allowedOrigins',
  'allowedHosts',
  'apiKeysFile',
  'allowAnonymous',
  'dialects',
] as const

/** `agent-host proxy`: the OpenAI-compatible routes in front of a model server, until it is interrupted. */
export function proxyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('proxy')
    .description('serve an OpenAI-compatible proxy that makes the calls of a model server right')
    .addHelpText('after', '\nVLLM_BASE_URL counts where neither a preset nor BACKEND_* is set.')
  addSettingsFlags(command, [...settings, 'toolCallConversion', 'maxBody']).action(() => proxy(command, context))
}

async function proxy(command: Command, context: CliContext): Promise<void> {
  // The banner says where it listens, and single requests are not logged.
  const options = { ...settingsOf(command), defaults: { logLevel: 'warning' } }
  // Refused before anything is started.
  const wanted = context.settings(options)
  const access = readAccess(wanted, wanted.proxyHost)
  const { proxy: service, settings: loaded, log } = await context.openProxy(options)
  const { proxyHost: host, proxyPort: port, maxBody, allowedHosts, allowedOrigins } = loaded
  const { createProxyApp } = await import('../../openai/app.ts')
  const guard = { host, allowedHosts, allowedOrigins, keys: access.keys }
  const app = await createProxyApp({ proxy: service, maxBody }, log, guard)
  try {
    const address = await listen(app, { host, port }, 'PROXY_PORT and PROXY_HOST set another.')
    process.stderr.write(banner(address, access, service.url, loaded.toolCallConversion))
    await once(context.interrupted, 'abort')
  } finally {
    await app.close()
    await service.close()
  }
}

function banner(address: string, access: Access, backend: string, conversion: boolean): string {
  const lines = [
    `agent-host ${version} proxy on ${address}`,
    `  to      ${backend}`,
    `  calls   ${conversion ? 'in text become tool_calls' : 'are left as they are: ENABLE_TOOL_CALL_CONVERSION is false'}`,
    `  keys    ${accessWords(access)}`,
    `  use     OPENAI_BASE_URL=${address}/v1`,
  ]
  return `\n${lines.join('\n')}\n\n`
}
