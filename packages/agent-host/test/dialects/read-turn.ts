import type { ModelEvent, TurnEnd } from '../../src/core/events.ts'
import type { ToolSpec } from '../../src/core/tool.ts'
import type { Dialect, ParserOptions } from '../../src/dialects/dialect.ts'

/** How a turn is read in a test: with numbered ids, and to a normal end unless it says otherwise. */
export interface TurnOptions extends Partial<Omit<ParserOptions, 'newId'>> {
  how?: TurnEnd
}

/** The events of each push and, last, of the end. */
export function readPushes(dialect: Dialect, pieces: readonly string[], options: TurnOptions = {}): ModelEvent[][] {
  const { how = 'stop', ...rest } = options
  const parser = dialect.createParser({ ...rest, newId: (index) => `call-${index}` })
  return [...pieces.map((piece) => [...parser.push(piece)]), [...parser.end(how)]]
}

/** The events of a whole turn, adjacent deltas of a block merged. */
export function readTurn(dialect: Dialect, pieces: readonly string[], options: TurnOptions = {}): ModelEvent[] {
  return mergeDeltas(readPushes(dialect, pieces, options).flat())
}

export function mergeDeltas(events: readonly ModelEvent[]): ModelEvent[] {
  const merged: ModelEvent[] = []
  for (const event of events) {
    const last = merged.at(-1)
    if (
      last &&
      'text' in last &&
      'text' in event &&
      'index' in last &&
      'index' in event &&
      last.index === event.index
    ) {
      merged[merged.length - 1] = {
        ...last,
        text: last.text + event.text,
        range: { start: last.range?.start ?? 0, end: event.range?.end ?? 0 },
      }
    } else merged.push(event)
  }
  return merged
}

export interface TurnSummary {
  content: string
  reasoning: string
  calls: { name: string; arguments: string }[]
  problems: { name?: string; raw: string; problem: string }[]
}

/** What a turn says. */
export function summarise(events: readonly ModelEvent[]): TurnSummary {
  const summary: TurnSummary = { content: '', reasoning: '', calls: [], problems: [] }
  for (const event of events) {
    if (event.type === 'text-delta') summary.content += event.text
    else if (event.type === 'reasoning-delta') summary.reasoning += event.text
    else if (event.type === 'tool-call') summary.calls.push({ name: event.name, arguments: event.arguments })
    else if (event.type === 'malformed-call') {
      const { name, raw, problem } = event
      summary.problems.push({ ...(name !== undefined && { name }), raw, problem })
    }
  }
  return summary
}

/** A tool of this name, with these properties. */
export function toolSpec(name: string, properties: Record<string, unknown> = {}): ToolSpec {
  return { name, parameters: { type: 'object', properties } }
}
