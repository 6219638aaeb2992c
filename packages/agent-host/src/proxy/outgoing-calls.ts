import { isDeepStrictEqual } from 'node:util'
import { isObject, parseJson, textIn, type WireCall } from './wire.ts'

/** A call on its way to the client: made by the server itself, or read from its text. */
interface OutgoingCall {
  native: boolean
  /** The server's index of a native call, or the parser's block of one from the text. */
  key: number
  id: string
  name: string
  pieces: string[]
  /** The client's index; undefined while the call is held back. */
  index: number | undefined
  /** A native call's entries as they came, while it is held back. */
  held: WireCall[]
  /** For a call from the text: its syntax is complete, so that it may be run. */
  whole: boolean
  /** The same call from the other source has left or will leave, so this one does not. */
  twin: boolean
}

/**
 * The calls of one choice as they leave. Native calls pass as they came; those from the text are given the next free
 * index. A server may both parse a call and leave its text: then the one that came second is held back until both are
 * whole, and is dropped where they are the same.
 */
export interface OutgoingCalls {
  /** An entry of a native `tool_calls` as it leaves; undefined where it is held back. */
  native(entry: WireCall, position: number): WireCall | undefined
  start(block: number, id: string, name: string): WireCall | undefined
  piece(block: number, text: string): WireCall | undefined
  complete(block: number): void
  /** What was held back and has no twin. */
  end(): WireCall[]
  /** Calls that can be run. */
  count(): number
  /** Whether any call has left. */
  started(): boolean
}

/** `holdsText`: calls from the text leave only at the end, whole; for answers that are not streamed. */
export function createOutgoingCalls(holdsText: boolean): OutgoingCalls {
  const calls: OutgoingCall[] = []
  let next = 0

  function add(native: boolean, key: number, id: string, name: string, holds: boolean): OutgoingCall {
    const index = holds ? undefined : next++
    const call = { native, key, id, name, pieces: [], index, held: [], whole: native, twin: false }
    calls.push(call)
    return call
  }
  const ofText = (block: number): OutgoingCall | undefined => calls.find((call) => !call.native && call.key === block)

  return {
    count: () => calls.filter(({ whole, twin }) => whole && !twin).length,
    started: () => next > 0,
    native(entry, position) {
      const key = typeof entry.index === 'number' ? entry.index : position
      const { name, arguments: text } = isObject(entry.function) ? entry.function : {}
      const id = textIn(entry.id)
      // Some servers give every parallel call the index 0: an id or a name that is not the last call's is another call's.
      let call = calls.findLast((other) => other.native && other.key === key)
      if (!call || (textIn(name) !== '' && (id === '' ? name !== call.name : id !== call.id))) {
        const mayBeTwin = calls.some((other) => !other.native && other.name === name)
        call = add(true, key, id, textIn(name), mayBeTwin)
      }
      call.pieces.push(typeof text === 'string' ? text : isObject(text) ? JSON.stringify(text) : '')
      if (call.index !== undefined) return entry.index === call.index ? entry : { ...entry, index: call.index }
      call.held.push(entry)
      return undefined
    },
    start(block, id, name) {
      const call = add(false, block, id, name, holdsText || calls.some(({ native }) => native))
      if (call.index === undefined) return undefined
      return { index: call.index, id, type: 'function', function: { name, arguments: '' } }
    },
    piece(block, text) {
      const call = ofText(block)
      call?.pieces.push(text)
      return call?.index === undefined ? undefined : { index: call.index, function: { arguments: text } }
    },
    complete(block) {
      const call = ofText(block)
      if (call) call.whole = true
    },
    end() {
      markTwins(calls)
      return calls.flatMap((call) => {
        if (call.index !== undefined || call.twin || !call.whole) return []
        const index = next++
        call.index = index
        if (call.native) return call.held.map((entry) => ({ ...entry, index }))
        const { id, name } = call
        return [{ index, id, type: 'function', function: { name, arguments: call.pieces.join('') } }]
      })
    },
  }
}

/** Pairs calls from the text with native ones of the same name and arguments; of two, the one held back is dropped. */
function markTwins(calls: readonly OutgoingCall[]): void {
  const taken = new Set<OutgoingCall>()
  for (const call of calls) {
    if (call.native || !call.whole) continue
    const twin = calls.find((other) => other.native && !taken.has(other) && isSameCall(call, other))
    if (!twin) continue
    taken.add(twin)
    if (call.index === undefined) call.twin = true
    else twin.twin = true
  }
}

function isSameCall(one: OutgoingCall, other: OutgoingCall): boolean {
  if (one.name !== other.name) return false
  const [first, second] = [one, other].map(({ pieces }) => parseJson(pieces.join('') || '{}'))
  return isDeepStrictEqual(first, second)
}
