import type { ModelEvent, TurnEnd } from '../core/events.ts'
import type { DialectParser } from '../dialects/dialect.ts'
import { createClientCalls } from './client-calls.ts'
import { createOutgoingCalls, type OutgoingCalls } from './outgoing-calls.ts'
import { isObject, textIn, type WireCall, type WireDelta, type WireFunction } from './wire.ts'

/** Edits one choice of one answer: what its text hides becomes fields. */
export interface ChoiceEditor {
  /** Edits a delta, or a whole message, in place. True where it is other than it was. */
  edit(delta: WireDelta): boolean
  /** Ends the choice; gives what was held back so far, undefined where that is nothing. */
  end(how: TurnEnd): WireDelta | undefined
  /** The finish reason for the client, whatever the server calls it. */
  finishReason(given: string): string
  /** Whether any call has left. */
  started(): boolean
  /** Calls that can be run; final once the choice has ended. */
  calls(): number
}

export interface ChoiceEditorOptions {
  parser: DialectParser
  /** The client knows only `functions`, and is given one `function_call`. */
  oldClient: boolean
  /** The answer is not streamed, so its calls need not leave before they are known to be whole. */
  whole: boolean
  /** Makes the id of a call that came as `function_call`. */
  newId: () => string
}

/** What the parser made of a piece of text. */
interface Found {
  content: string
  reasoning: string
  calls: WireCall[]
}

export function createChoiceEditor({ parser, oldClient, whole, newId }: ChoiceEditorOptions): ChoiceEditor {
  const calls = createOutgoingCalls(whole)
  const client = createClientCalls({ calls, oldClient, whole, newId })
  return {
    started: () => calls.started(),
    calls: () => calls.count(),
    edit(delta) {
      const text = textIn(delta.content)
      const events = text === '' ? none : parser.push(text)
      const same = text === '' || isSameText(events, text)
      const spoke = editReasoning(delta)
      if (same && delta.tool_calls == null && delta.function_call == null) return spoke
      const found = gather(same ? none : events, calls)
      const { leaving, changed } = client.read(delta)
      if (!same) writeText(delta, found)
      if (changed || found.calls.length > 0) client.write(delta, [...leaving, ...found.calls])
      return spoke || !same || changed
    },
    end(how) {
      const found = gather(parser.end(how), calls)
      const rest = [...found.calls, ...calls.end()]
      if (found.content === '' && found.reasoning === '' && rest.length === 0) return undefined
      const delta: WireDelta = {}
      if (found.content !== '') delta.content = found.content
      if (found.reasoning !== '') writeReasoning(delta, found.reasoning)
      if (rest.length > 0) client.write(delta, rest)
      return delta
    },
    finishReason(given) {
      if (given === 'tool_calls' || given === 'function_call') return client.reason
      return calls.count() > 0 && given !== 'length' && given !== 'content_filter' ? client.reason : given
    },
  }
}

const none: readonly ModelEvent[] = []

/** What the events say, put together for one delta. */
function gather(events: readonly ModelEvent[], calls: OutgoingCalls): Found {
  const found: Found = { content: '', reasoning: '', calls: [] }
  const add = (call: WireCall | undefined): void => {
    if (call) addCall(found.calls, call)
  }
  for (const event of events) {
    if (event.type === 'text-delta') found.content += event.text
    else if (event.type === 'reasoning-delta') found.reasoning += event.text
    else if (event.type === 'tool-input-start') add(calls.start(event.index, event.id, event.name))
    else if (event.type === 'tool-input-delta') add(calls.piece(event.index, event.text))
    else if (event.type === 'tool-call') calls.complete(event.index)
    // Its text is never lost; what of it has already left as a call cannot be taken back.
    else if (event.type === 'malformed-call') found.content += event.raw
  }
  return found
}

/** Whether the parser saw nothing but this prose, so that the bytes it came in can stay. */
function isSameText(events: readonly ModelEvent[], text: string): boolean {
  const last = events[events.length - 1]
  if (last?.type !== 'text-delta' || last.text !== text) return false
  return events.length === 1 || (events.length === 2 && events[0]?.type === 'text-start')
}

function writeText(delta: WireDelta, { content, reasoning }: Found): void {
  if (content !== '' || 'role' in delta) delta.content = content
  else delete delta.content
  if (reasoning !== '') writeReasoning(delta, textIn(delta.reasoning) + reasoning)
}

/** Offers the server's reasoning under both names that clients look for. True where one was missing. */
function editReasoning(delta: WireDelta): boolean {
  const given = textIn(delta.reasoning) || textIn(delta.reasoning_content)
  if (given === '' || delta.reasoning === delta.reasoning_content) return false
  writeReasoning(delta, given)
  return true
}

function writeReasoning(delta: WireDelta, text: string): void {
  delta.reasoning = text
  delta.reasoning_content = text
}

/** Adds a piece of a call, to the entry of that call where the same chunk has one. */
function addCall(list: WireCall[], call: WireCall): void {
  const last = list.at(-1)
  if (!last || last.index !== call.index || !isObject(last.function) || !isObject(call.function)) {
    list.push(call)
    return
  }
  const added: WireFunction = call.function
  last.function.arguments = textIn(last.function.arguments) + textIn(added.arguments)
}
