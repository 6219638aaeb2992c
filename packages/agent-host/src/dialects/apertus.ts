import type { CallSink } from './engine/call-draft.ts'
import { type CallObjectEnd, readArguments, readString } from './engine/call-object.ts'
import type { Reading } from './engine/input.ts'
import { defineJsonDialect } from './engine/json-dialect.ts'
import { thinking } from './engine/thinking.ts'
import type { Turn } from './engine/turn.ts'

/** `<|tools_prefix|>[{"get_weather": {"city": "Tokyo"}}]<|tools_suffix|>`, the name as the only key: Swiss Apertus. */
export const apertus = defineJsonDialect({
  name: 'apertus',
  aliases: ['apertus2509'],
  families: 'Swiss AI Apertus 8B and 70B',
  models: [/apertus/],
  open: ['<|tools_prefix|>'],
  close: ['<|tools_suffix|>'],
  special: true,
  several: 'array',
  readObject,
  toJson: ({ name, arguments: args }) => `{${JSON.stringify(name)}: ${args || '{}'}}`,
  others: thinking('<|inner_prefix|>', '<|inner_suffix|>', true),
})

function* readObject(turn: Turn, sink: CallSink): Reading<CallObjectEnd> {
  const { input } = turn
  if ((yield* turn.peekPastSpace()) !== '{') return { kind: 'broken', problem: 'a call must be a JSON object' }
  input.at++
  yield* turn.peekPastSpace()
  const name = yield* readString(turn)
  if (name === undefined) return { kind: 'broken', problem: "the tool's name is missing" }
  sink.setName(name)
  if ((yield* turn.peekPastSpace()) !== ':') return { kind: 'broken', problem: 'a colon is missing' }
  input.at++
  const end = yield* readArguments(turn, sink)
  if (end.kind !== 'closed') return end
  const next = yield* turn.peekPastSpace()
  if (next === ',') return { kind: 'broken', problem: 'a call must have one key alone' }
  if (next !== '}') return { kind: 'unclosed', missing: '' }
  input.at++
  return end
}
