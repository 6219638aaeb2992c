import { text as readAll } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import { createRunCollector, type RunResult, type WaitingCall } from '../../../agent/run-result.ts'
import { HostError, errorCodes } from '../../../core/errors.ts'
import type { AgentEvent, RunEnd } from '../../../core/events.ts'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import type { Runtime } from '../../../runs/runtime.ts'
import { followApproved } from '../approved-run.ts'
import { type ApproveMode, approveModes, createApprover } from '../approver.ts'
import type { CliContext } from '../context.ts'
import { createRunPrinter, short } from '../run-printer.ts'
import { addSettingsFlags, settingsOf } from '../settings-flags.ts'

interface AskFlags {
  json?: true
  streamJson?: true
  session?: string
  continue?: true
  approve: ApproveMode
}

/** `agent-host ask "…"`: one run. */
export function askCommand(program: Command, context: CliContext): void {
  const command = program
    .command('ask')
    .description('ask a question; the answer goes to stdout, everything else to stderr')
    .argument('[question...]', 'the question; what is piped in is put after it')
    .option('--json', 'print the whole run as JSON')
    .option('--stream-json', 'print each event as one line of JSON, as it happens')
    .option('--session <id>', 'go on with this conversation of the data folder, or begin it')
    .option('--continue', 'go on with the conversation of the data folder that was last spoken in')
    .addOption(
      new Option(
        '--approve <answer>',
        'what to say to calls that need an approval: ask on the terminal, or always the same',
      )
        .choices(approveModes)
        .default('ask'),
    )
  addSettingsFlags(command).action(async (words: string[]) => {
    const question = await readQuestion(words)
    await ask(question, command, context)
  })
}

async function ask(question: string, command: Command, context: CliContext): Promise<void> {
  const flags = command.opts<AskFlags>()
  const { json, streamJson } = flags
  const { service, runtime, close } = await context.open({ ...settingsOf(command), defaults: { logLevel: 'critical' } })
  const run = createRunCollector()
  const printer = createRunPrinter(process)
  try {
    if (service.demo) process.stderr.write('No model server found: a scripted demo answers, which is not a model.\n')
    for await (const event of runOf(question, flags, runtime, context.interrupted)) {
      run.add(event)
      if (streamJson) process.stdout.write(`${JSON.stringify(event)}\n`)
      else if (!json) printer.add(event)
    }
  } finally {
    await close()
  }
  const result = run.result()
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (result.finish_reason === 'parked') process.stderr.write(parkedWords(result.pending))
  if ((json || streamJson) && result.error) process.stderr.write(`${result.error.message}\n`)
  context.setExitCode(exitCodeOf(result))
}

/** The events of one run and of what goes on after its approvals, kept where it is part of a conversation. */
async function* runOf(
  question: string,
  flags: AskFlags,
  { kept, passing }: Runtime,
  interrupted: AbortSignal,
): AsyncGenerator<AgentEvent> {
  const sessionId = flags.continue ? await lastSession(kept.stores) : flags.session
  const { runs } = sessionId === undefined ? passing : kept
  const { runId } = await runs.start({
    sessionId,
    createSession: true,
    messages: [textMessage(createId('msg'), 'user', question)],
    endpoint: 'ask',
    signal: interrupted,
  })
  yield* followApproved(runs, runId, createApprover(flags.approve, process), interrupted)
}

/** What to do about the calls that nobody decided about. */
function parkedWords(pending: readonly WaitingCall[]): string {
  const calls = pending.map(({ name, arguments: args }) => `${name} ${short(args)}`).join(', ')
  return `Stopped: nobody could be asked whether to run ${calls}.
Ask again on a terminal, or with --approve always or --approve never. --approvals sets which tools need an approval.
`
}

async function lastSession({ sessions }: Runtime['kept']['stores']): Promise<string> {
  const [last] = (await sessions.list({ limit: 1 })).sessions
  if (last) return last.id
  throw new HostError('not_found', 'There is no conversation to go on with. DATA_DIR names the folder that has them.')
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
