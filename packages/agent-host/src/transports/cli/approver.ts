import { createInterface } from 'node:readline/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { styleText } from 'node:util'
import type { WaitingCall } from '../../agent/run-result.ts'
import type { ApprovalAnswer } from '../../runs/answer-approval.ts'
import { toPlainSight } from './terminal-text.ts'

/** What to say to calls that need an approval: what the person at the terminal says, or always the same. */
export const approveModes = ['ask', 'always', 'never'] as const
export type ApproveMode = (typeof approveModes)[number]

/** `undefined` where nobody answers: there is no terminal, its input is at its end, or the abort came. */
export type Approver = (call: WaitingCall, signal: AbortSignal) => Promise<ApprovalAnswer | undefined>

interface Terminal {
  stdin: NodeJS.ReadStream
  stderr: NodeJS.WriteStream
}

export function createApprover(mode: ApproveMode, terminal: Terminal): Approver {
  if (mode !== 'ask') {
    const answer = { decision: mode === 'always' ? 'approved' : 'denied', by: `--approve ${mode}` } as const
    return () => Promise.resolve(answer)
  }
  const allowed = new Set<string>()
  return async (call, signal) => {
    if (!terminal.stdin.isTTY || !terminal.stderr.isTTY) return undefined
    const key = allowed.has(call.name) ? 'a' : await ask(call, terminal, signal)
    if (key === 'a') allowed.add(call.name)
    return key && { decision: key === 'n' ? 'denied' : 'approved', by: 'terminal' }
  }
}

/** The first letter of the answer, once it is one of those that are asked for. */
async function ask(
  call: WaitingCall,
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
): Promise<'y' | 'n' | 'a' | undefined> {
  await forgetTyped(stdin)
  stderr.write(
    `${styleText('yellow', `? ${call.name} needs an approval`, { stream: stderr })}\n${toPlainSight(indented(call.arguments))}\n`,
  )
  const question = `Run it? (y)es, (n)o, or (a)lways: yes to every call of ${call.name} until the answer: `
  // The terminal itself edits the line, so that Ctrl-C stays the signal that cancels.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false })
  const over = new AbortController()
  lines.once('close', () => over.abort())
  try {
    while (true) {
      const said = await lines.question(question, { signal: AbortSignal.any([signal, over.signal]) })
      const key = said.trim().toLowerCase()[0]
      if (key === 'y' || key === 'n' || key === 'a') return key
    }
  } catch (error) {
    stderr.write('\n')
    if (signal.aborted || over.signal.aborted) return undefined
    throw error
  } finally {
    lines.close()
  }
}

/** What was typed before the question is no answer to it. */
async function forgetTyped(stdin: NodeJS.ReadStream): Promise<void> {
  stdin.resume()
  // What waits is read between the two, and dropped, as nobody listens.
  await nextTurn()
  await nextTurn()
  stdin.pause()
}

function indented(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args), undefined, 2)
  } catch {
    return args
  }
}
