import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { createRunCollector, type RunResult } from '../../../agent/run-result.ts'
import { HostError, errorCodes } from '../../../core/errors.ts'
import type { RunEnd } from '../../../core/events.ts'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import type { CliContext } from '../context.ts'
import { createRunPrinter } from '../run-printer.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

interface AskFlags {
  json?: true
  streamJson?: true
}

/** `agent-host ask "…"`: one run. */
export function askCommand(program: Command, context: CliContext): void {
  const command = program
    .command('ask')
    .description('ask a question; the answer goes to stdout, everything else to stderr')
    .argument('[question...]', 'the question; what is piped in is put after it')
    .option('--json', 'print the whole run as JSON')
    .option('--stream-json', 'print each event as one line of JSON, as it happens')
  addSettingsFlags(command).action(async (words: string[]) => {
    const question = await readQuestion(words)
    await ask(question, command, context)
  })
}

async function ask(question: string, command: Command, context: CliContext): Promise<void> {
  const { json, streamJson } = command.opts<AskFlags>()
  const { service, close } = await context.open({ ...settingsOf(command), defaults: { logLevel: 'critical' } })
  const run = createRunCollector()
  const printer = createRunPrinter(process)
  try {
    if (service.demo) process.stderr.write('No model server found: a scripted demo answers, which is not a model.\n')
    const messages = [textMessage(createId('msg'), 'user', question)]
    for await (const event of service.run({ messages, endpoint: 'ask', signal: context.interrupted })) {
      run.add(event)
      if (streamJson) process.stdout.write(`${JSON.stringify(event)}\n`)
      else if (!json) printer.add(event)
    }
  } finally {
    await close()
  }
  const result = run.result()
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if ((json || streamJson) && result.error) process.stderr.write(`${result.error.message}\n`)
  context.setExitCode(exitCodeOf(result))
}

async function readQuestion(words: readonly string[]): Promise<string> {
  const piped = process.stdin.isTTY ? '' : await readAll(process.stdin)
  const question = [words.join(' '), piped.trim()].filter((text) => text !== '').join('\n\n')
  if (question === '')
    throw new HostError('invalid_request', 'Nothing was asked. Try: agent-host ask "What time is it?"')
  return question
}

const limitReached = errorCodes.limit_reached.exit
const exitCodes: Record<Exclude<RunEnd, 'error'>, number> = {
  answer: 0,
  parked: limitReached,
  'step-limit': limitReached,
  'time-limit': limitReached,
  'repeated-call': limitReached,
  cancelled: errorCodes.cancelled.exit,
}

function exitCodeOf({ finish_reason, error }: RunResult): number {
  return finish_reason === 'error' ? errorCodes[error?.code ?? 'internal'].exit : exitCodes[finish_reason]
}
