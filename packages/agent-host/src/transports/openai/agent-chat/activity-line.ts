import { toText } from '../../../core/message.ts'
import type { AgentEvent } from '../../../core/events.ts'

/** How much of arguments and results is worth a line. */
const shownCharacters = 200

/** One line for a person, or `undefined` for an event that is not about a tool. */
export function toActivityLine(event: AgentEvent): string | undefined {
  switch (event.type) {
    case 'tool-start':
      return `> ${event.call.name} ${short(event.call.arguments)}`
    case 'tool-result':
      return `${event.isError ? '✗' : '<'} ${event.name}: ${short(toText(event.parts))}`
    case 'malformed-call':
      return `! a call that cannot be run: ${short(event.problem)}`
    default:
      return undefined
  }
}

function short(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters).toWellFormed()}…` : line
}
