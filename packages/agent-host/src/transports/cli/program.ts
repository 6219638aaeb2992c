import { Command, CommanderError } from 'commander'
import { HostError, errorCodes, toHostError } from '../../core/errors.ts'
import { version } from '../../version.ts'
import { askCommand } from './commands/ask.ts'
import { demoModelCommand } from './commands/demo-model.ts'
import { dialectsCommand } from './commands/dialects.ts'
import { doctorCommand } from './commands/doctor.ts'
import { keysCommand } from './commands/keys.ts'
import { parseCommand } from './commands/parse.ts'
import { proxyCommand } from './commands/proxy.ts'
import { serveCommand } from './commands/serve.ts'
import { toolsCommand } from './commands/tools.ts'
import type { CliContext } from './context.ts'

const commands = [
  askCommand,
  toolsCommand,
  serveCommand,
  proxyCommand,
  parseCommand,
  doctorCommand,
  dialectsCommand,
  keysCommand,
  demoModelCommand,
]

const exitCodesHelp = `
Exit codes: 0 ok, 1 failure, 2 usage, 3 model server unreachable, 4 denied, waiting for an approval or limit reached, 130 interrupted.
Secrets (VLLM_API_KEY) are read from the environment or .env only.`

/** Runs one command line. Failures are told on stderr and become an exit code; this does not throw. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<void> {
  const program = new Command('agent-host')
    .description('Any open model, any MCP tool: an agent on the command line and over HTTP.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(agent-host --help tells more)')
    .addHelpText('after', exitCodesHelp)
  for (const command of commands) command(program, context)
  for (const command of program.commands) command.copyInheritedSettings(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    context.setExitCode(report(error, context))
  }
}

function report(error: unknown, { interrupted }: CliContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : errorCodes.invalid_request.exit
  if (interrupted.aborted) return errorCodes.cancelled.exit
  const known = error instanceof HostError ? error : toHostError(error)
  process.stderr.write(`${known.message}\n`)
  if (known.code === 'internal' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return errorCodes[known.code].exit
}
