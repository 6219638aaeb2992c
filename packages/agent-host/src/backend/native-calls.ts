import type { ModelEvent, TurnEnd } from '../core/events.ts'
import type { Blocks } from './blocks.ts'
import type { ChatDelta } from './chat-chunk.ts'

type CallDelta = NonNullable<ChatDelta['tool_calls']>[number]
type FunctionDelta = NonNullable<CallDelta['function']>

interface OpenCall {
  /** The server's index of the call; parallel calls may interleave. */
  key: number
  block: number
  id: string
  name: string
  pieces: string[]
}

/** Calls that the server itself recognised: `tool_calls` and the older `function_call`. */
export interface NativeCalls {
  push(fields: ChatDelta): Generator<ModelEvent>
  /** Closes every call; one that `how` cut off, or whose arguments are not a JSON object, is malformed. */
  end(how: TurnEnd): Generator<ModelEvent>
}

export function createNativeCalls(blocks: Blocks, newId: (index: number) => string): NativeCalls {
  const calls: OpenCall[] = []

  function* part(key: number, id: string | undefined, wire: FunctionDelta): Generator<ModelEvent> {
    // Some servers give every parallel call the index 0: an id or a name that is not the last call's is another call's.
    const sameKey = calls.filter((open) => open.key === key)
    let call = sameKey.findLast((open) => open.id === id) ?? sameKey.at(-1)
    if (wire.name && (!call || (id ? id !== call.id : wire.name !== call.name))) {
      call = { key, block: blocks.open(), id: id ?? newId(calls.length), name: wire.name, pieces: [] }
      calls.push(call)
      yield { type: 'tool-input-start', index: call.block, id: call.id, name: call.name }
    }
    const text = typeof wire.arguments === 'object' && wire.arguments ? JSON.stringify(wire.arguments) : wire.arguments
    if (!call || !text) return
    call.pieces.push(text)
    yield { type: 'tool-input-delta', index: call.block, text }
  }

  return {
    *push(fields) {
      for (const [position, delta] of (fields.tool_calls ?? []).entries()) {
        if (delta.function) yield* part(delta.index ?? position, delta.id || undefined, delta.function)
      }
      if (fields.function_call) yield* part(0, undefined, fields.function_call)
    },
    *end(how) {
      for (const [position, call] of calls.entries()) {
        const last = position === calls.length - 1
        yield* close(call, last && how !== 'stop' && how !== 'tool-calls' ? how : undefined)
      }
    },
  }
}

function* close({ block, id, name, pieces }: OpenCall, cutOff: TurnEnd | undefined): Generator<ModelEvent> {
  if (pieces.join('').trim() === '' && !cutOff) {
    pieces.push('{}')
    yield { type: 'tool-input-delta', index: block, text: '{}' }
  }
  const text = pieces.join('')
  const problem = cutOff
    ? `The answer ended (${cutOff}) before the call was complete.`
    : isObject(text)
      ? undefined
      : 'The arguments are not a JSON object.'
  yield { type: 'tool-input-end', index: block }
  yield problem === undefined
    ? { type: 'tool-call', index: block, id, name, arguments: text }
    : { type: 'malformed-call', index: block, id, name, raw: text, problem }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
