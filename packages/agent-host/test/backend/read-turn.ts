import { chatChunk } from '../../src/backend/chat-chunk.ts'
import { createTurnReader } from '../../src/backend/turn-reader.ts'
import type { ModelEvent, TurnEnd } from '../../src/core/events.ts'
import { createPlainParser } from './plain-parser.ts'

/** The events of a turn whose chunks carry these deltas, each validated as it is when it comes from a server. */
export function readTurn(
  deltas: readonly object[],
  { finish, usage, how }: { finish?: string | null; usage?: object; how?: TurnEnd } = {},
): ModelEvent[] {
  const reader = createTurnReader({ parser: createPlainParser(), newId: (index) => `made-${index}` })
  const chunks = [
    ...deltas.map((delta) => chatChunk.parse({ choices: [{ index: 0, delta, finish_reason: null }] })),
    chatChunk.parse({ choices: [{ index: 0, delta: {}, finish_reason: finish }], usage }),
  ]
  const events = chunks.flatMap(({ choices }) => choices.flatMap((choice) => reader.push(choice)))
  return [...events, ...reader.end(chunks.at(-1)?.usage ?? undefined, how)]
}

/** The calls of a turn, whole or malformed, as people would write them down. */
export function callsOf(events: readonly ModelEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'tool-call') return [`${event.id} ${event.name} ${event.arguments}`]
    if (event.type === 'malformed-call') return [`${event.id} ${event.name} ${event.raw} !! ${event.problem}`]
    return []
  })
}
