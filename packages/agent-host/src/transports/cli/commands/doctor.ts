import type { Command } from 'commander'
import { z } from 'zod'
import { serverUrl } from '../../../config/values.ts'
import { errorCodes, HostError } from '../../../core/errors.ts'
import type { ExaminationEvent } from '../../../doctor/examine.ts'
import { version } from '../../../version.ts'
import type { CliContext } from '../context.ts'
import { createDoctorPrinter } from '../doctor-printer.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

const flagsSchema = z.object({
  json: z.boolean().default(false),
  allModels: z.boolean().default(false),
  timeout: z.coerce.number().positive().max(86_400),
})

const explained = `
Each line comes from a small request of its own, sent one after another: about 20 a model, most of them for a
single token. Exit codes: 0 nothing is broken, 1 something is, 3 no model server answers.`

/** `agent-host doctor`: what model servers can do, and what to change. */
export function doctorCommand(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('examine model servers: what works, what does not, and what to change')
    .argument('[url...]', 'model servers (default: the configured one, else those on the usual local ports)')
    .option('--all-models', 'examine every model that a server lists')
    .option('--timeout <seconds>', 'longest wait for one answer', '60')
    .option('--json', 'print JSON')
    .addHelpText('after', explained)
  addSettingsFlags(command, ['baseUrl', 'model', 'dialects']).action((urls: string[]) => doctor(urls, command, context))
}

async function doctor(given: readonly string[], command: Command, context: CliContext): Promise<void> {
  const { json, allModels, timeout } = parseFlags(command.opts())
  const options = settingsOf(command)
  const { model } = context.settings(options)
  const servers = await context.openModelServers(options, given.map(parseUrl))
  const { examineServer } = await import('../../../doctor/examine.ts')
  const { createReportCollector } = await import('../../../doctor/report.ts')
  const report = createReportCollector()
  const printer = createDoctorPrinter(process.stdout)
  let exit = 0
  try {
    for (const server of servers) {
      const examination = { model, allModels, timeoutMs: timeout * 1000, signal: context.interrupted }
      for await (const event of examineServer(server, examination)) {
        exit ||= exitOf(event)
        report.add(event)
        if (!json) printer.add(event)
      }
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()))
  }
  if (json) process.stdout.write(`${JSON.stringify({ version, servers: report.servers() }, null, 2)}\n`)
  context.setExitCode(exit)
}

function exitOf(event: ExaminationEvent): number {
  if (event.type === 'failure') return errorCodes[event.error.code].exit
  return event.type === 'finding' && event.finding.state === 'problem' ? errorCodes.model_failed.exit : 0
}

function parseFlags(flags: unknown): z.output<typeof flagsSchema> {
  const parsed = flagsSchema.safeParse(flags)
  if (parsed.success) return parsed.data
  throw new HostError('invalid_request', '--timeout must be seconds, above 0 and at most 86400')
}

function parseUrl(text: string): string {
  const parsed = serverUrl.safeParse(text)
  if (parsed.success) return parsed.data
  const shown = text.replaceAll(/\/\/[^/@\s]*@/g, '//***@')
  throw new HostError('invalid_request', `"${shown}" must be an http or https URL without a user name or password`)
}
