import type { OutgoingCalls } from './outgoing-calls.ts'
import { isObject, objectsIn, textIn, type WireCall, type WireDelta, type WireFunction } from './wire.ts'

/** The calls of a delta in the form that the client knows: `tool_calls`, or the older `function_call`. */
export interface ClientCalls {
  /** The server's own calls as they leave: untouched, unless the client or the text of the answer needs otherwise. */
  read(delta: WireDelta): { leaving: WireCall[]; changed: boolean }
  write(delta: WireDelta, leaving: readonly WireCall[]): void
  /** `tool_calls` or `function_call`. */
  readonly reason: string
}

interface Options {
  calls: OutgoingCalls
  oldClient: boolean
  /** The delta is a whole message, whose calls have no index. */
  whole: boolean
  newId: () => string
}

export function createClientCalls(options: Options): ClientCalls {
  return options.oldClient ? forOldClient(options) : forNewClient(options)
}

function forNewClient({ calls, whole, newId }: Options): ClientCalls {
  let id: string | undefined
  return {
    reason: 'tool_calls',
    read(delta) {
      const given: WireCall[] = [...objectsIn(delta.tool_calls)]
      const converts = isObject(delta.function_call)
      if (converts) {
        const first = id === undefined
        id ??= newId()
        given.push({ index: 0, ...(first && { id, type: 'function' }), function: delta.function_call })
      }
      const leaving = leave(given, calls)
      const moved = leaving.some((call, at) => call !== given[at])
      return { leaving, changed: converts || leaving.length !== given.length || (moved && !whole) }
    },
    write(delta, leaving) {
      delete delta.tool_calls
      delete delta.function_call
      if (leaving.length > 0) delta.tool_calls = whole ? leaving.map((call) => withoutIndex(call)) : leaving
    },
  }
}

/** An old client knows one call; what the model calls besides, it calls again once it has seen the first one's result. */
function forOldClient({ calls }: Options): ClientCalls {
  return {
    reason: 'function_call',
    read(delta) {
      const older = delta.function_call
      const given: WireCall[] = [
        ...objectsIn(delta.tool_calls),
        ...(isObject(older) ? [{ index: 0, function: older }] : []),
      ]
      const leaving = leave(given, calls)
      return { leaving, changed: delta.tool_calls != null || leaving.length !== given.length }
    },
    write(delta, leaving) {
      delete delta.tool_calls
      delete delta.function_call
      const first = leaving.filter(({ index }) => index === 0)
      if (first.length > 0) delta.function_call = toFunctionCall(first)
    },
  }
}

function leave(given: readonly WireCall[], calls: OutgoingCalls): WireCall[] {
  return given.flatMap((entry, position) => {
    const call = calls.native(entry, position)
    return call ? [call] : []
  })
}

function withoutIndex(call: WireCall): WireCall {
  const { index: _, ...rest } = call
  return rest
}

function toFunctionCall(entries: readonly WireCall[]): WireFunction {
  const merged: WireFunction = {}
  for (const { function: part } of entries) {
    if (!isObject(part)) continue
    if (part.name !== undefined) merged.name = part.name
    merged.arguments = textIn(merged.arguments) + textIn(part.arguments)
  }
  return merged
}
