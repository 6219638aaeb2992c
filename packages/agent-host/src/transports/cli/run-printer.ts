import { styleText } from 'node:util'
import { toValue } from '../../catalog/tool-outcome.ts'
import type { AgentEvent, RunEnd } from '../../core/events.ts'
import { toText } from '../../core/message.ts'
import { toTerminalText } from './terminal-text.ts'

/** Shows a run to a person: the answer on stdout, everything else on stderr. */
export interface RunPrinter {
  add(event: AgentEvent): void
}

interface Streams {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
}

/** How much of arguments and results is worth a line. */
const shownCharacters = 300

/**
 * On a terminal the text appears as it comes. Elsewhere stdout gets only the last turn's text, when it is known to be
 * the answer, so that a pipe never receives what the model said before it called a tool.
 */
export function createRunPrinter({ stdout, stderr }: Streams): RunPrinter {
  const live = stdout.isTTY
  let answer = ''
  let streamed = ''
  const note = (style: 'dim' | 'yellow' | 'red', text: string): void => {
    endLine()
    stderr.write(`${styleText(style, toTerminalText(text), { stream: stderr })}\n`)
  }

  return {
    add(event) {
      switch (event.type) {
        case 'text-delta':
        case 'refusal-delta':
          if (!live) return
          stdout.write(toTerminalText(event.text))
          streamed = event.text
          return
        case 'message':
          if (event.message.role !== 'assistant') return
          answer = toText(event.message.parts)
          if (!live && answer !== '' && hasCall(event.message.parts)) note('dim', answer)
          return
        case 'malformed-call':
          return note('yellow', `! the model made a call that cannot be run: ${event.problem}`)
        case 'rung-change':
          return note('yellow', `! ${event.why}; trying ${event.to} instead of ${event.from}`)
        case 'context-cut':
          return note('yellow', `! the conversation is too long for the model: ${cutWords(event)}`)
        case 'tool-start':
          return note('dim', `> ${event.call.name} ${short(event.call.arguments)}`)
        case 'tool-progress':
          return note('dim', `  ${event.message ?? ''} ${event.progress}${event.total ? `/${event.total}` : ''}`)
        case 'tool-result':
          return note(
            event.isError ? 'red' : 'dim',
            `${event.isError ? '✗' : '<'} ${short(toText(event.parts) || asText(toValue(event)))} (${event.durationMs} ms)`,
          )
        case 'error':
          return note('red', event.error.message)
        case 'run-end':
          endLine()
          if (event.reason === 'answer' && !live) stdout.write(`${answer}\n`)
          return sayWhy(event.reason)
        default:
      }
    },
  }

  function sayWhy(reason: RunEnd): void {
    const words = endings[reason]
    if (words !== undefined) note('red', words)
  }

  function endLine(): void {
    if (streamed !== '' && !streamed.endsWith('\n')) stdout.write('\n')
    streamed = ''
  }
}

/** An answer needs no words, an error has its own, and whoever asks for approvals says which nobody gave. */
const endings: Partial<Record<RunEnd, string>> = {
  'step-limit': 'Stopped: the model made as many turns as MAX_STEPS allows without an answer.',
  'time-limit': 'Stopped: the run took longer than REQUEST_TIMEOUT allows.',
  'repeated-call': 'Stopped: the model made the same call with the same arguments for the third time.',
  cancelled: 'Interrupted.',
}

function cutWords({ trimmed, summary }: Extract<AgentEvent, { type: 'context-cut' }>): string {
  return summary ? 'what was said before was summed up' : `${trimmed.length} old results are left out`
}

function hasCall(parts: readonly { type: string }[]): boolean {
  return parts.some(({ type }) => type === 'tool-call')
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** On one line, cut where it is long. */
export function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line
}
