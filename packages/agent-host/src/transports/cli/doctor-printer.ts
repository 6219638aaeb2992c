import { styleText } from 'node:util'
import type { ExaminationEvent } from '../../doctor/examine.ts'
import type { FindingState } from '../../doctor/finding.ts'
import { kindNames } from '../../doctor/server-kind.ts'

/** Shows examinations to a person, line by line as they go. */
export interface DoctorPrinter {
  add(event: ExaminationEvent): void
}

/** A word beside each sign, for those who cannot tell the signs or the colours apart. */
const marks = {
  ok: { sign: '✓', style: 'green' },
  note: { sign: '!', style: 'yellow' },
  problem: { sign: '✗', style: 'red' },
  unknown: { sign: '?', style: 'dim' },
} as const satisfies Record<FindingState, { sign: string; style: string }>

const stateWidth = 'problem'.length
const nameWidth = 'tool_choice required'.length
const indent = 2 + 2 + stateWidth + 2 + nameWidth + 2
/** Of a screen that does not tell, and of one too narrow to wrap for. */
const usualWidth = 120
const narrowest = 80
/** A list of models that is longer says so. */
const listedModels = 10

export function createDoctorPrinter(stdout: NodeJS.WriteStream): DoctorPrinter {
  const styled = (style: Parameters<typeof styleText>[0], text: string): string =>
    styleText(style, text, { stream: stdout })
  const line = (text: string): void => void stdout.write(`${text}\n`)
  const wrapped = (text: string): string[] => wrap(text, Math.max(narrowest, stdout.columns ?? usualWidth) - indent)

  return {
    add(event) {
      switch (event.type) {
        case 'server': {
          const ids = event.models.map(({ id }) => id)
          const more = ids.length > listedModels ? ` and ${ids.length - listedModels} more` : ''
          line(`${styled('bold', event.url)}  ${kindNames[event.kind]}`)
          line(`  models: ${ids.slice(0, listedModels).join(', ') || 'none'}${more}`)
          return
        }
        case 'model':
          return line(`\n${styled('bold', event.model)}`)
        case 'finding': {
          const { name, state, says, change } = event.finding
          const { sign, style } = marks[state]
          const mark = styled(style, `${sign} ${state.padEnd(stateWidth)}`)
          const [first = '', ...rest] = wrapped(says)
          line(`  ${mark}  ${name.padEnd(nameWidth)}  ${first}`)
          const advice = change === undefined ? [] : wrapped(`→ ${change}`).map((part) => styled('dim', part))
          for (const part of [...rest, ...advice]) line(' '.repeat(indent) + part)
          return
        }
        case 'model-end': {
          const { requests, promptTokens, completionTokens, ms } = event.cost
          const tokens = `${counted(promptTokens)} tokens in and ${counted(completionTokens)} out`
          line(`\n  tools    ${event.rung === null ? 'no way to offer them is known to work' : ways[event.rung]}`)
          line(`  cost     ${requests.length} requests, ${tokens}, ${(ms / 1000).toFixed(1)} s\n`)
          return
        }
        case 'failure':
          return line(`${styled('red', '✗ problem')}  ${event.url}  ${event.error.message}\n`)
        default:
      }
    },
  }
}

const ways = {
  tools: 'agent-host offers them as tools',
  functions: 'agent-host offers them as functions',
  prompt: 'agent-host teaches them in the prompt',
} as const

/** The text in lines of at most so many characters, but for words that are longer. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current]
}

function counted(number: number): string {
  return number.toLocaleString('en-US')
}
