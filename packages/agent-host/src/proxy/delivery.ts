import { toJsonAnswer } from '../agent/json-answer.ts'
import { type RawAnswer, readBytes } from '../backend/raw-exchange.ts'
import { toClientHeaders } from './answer-headers.ts'
import type { ChatDemand } from './chat-demand.ts'
import type { ChoiceEditor } from './choice-editor.ts'
import type { Outlet } from './outlet.ts'
import { isEventStream, passAnswer } from './pass-through.ts'
import { createStreamEditor } from './stream-editor.ts'
import type { UpstreamRequest } from './upstream-request.ts'
import { editWhole, toStreamEvents } from './whole-editor.ts'
import { isObject, objectsIn, parseJson, textIn, type WireChunk } from './wire.ts'

/** What an answer lacks of what was demanded. Nothing of it has left. */
export interface Shortfall {
  kind: 'no-call' | 'no-json'
  problem: string
}

export interface Delivered {
  /** Calls that left, or would have. */
  calls: number
  shortfall?: Shortfall
}

export interface DeliveryOptions {
  demand: ChatDemand
  sent: UpstreamRequest
  outlet: Outlet
  /** Makes the editor of a choice, of an answer that is whole or streamed. */
  createEditor: (whole: boolean) => ChoiceEditor
  redact: (text: string) => string
}

/** How long the end of an answer is waited for after its [DONE], in milliseconds. */
const lingerMs = 1000

/** Hands an answer on, edited as far as the demand needs it; resolves when it is out, or is known to fall short. */
export async function deliver(answer: RawAnswer, options: DeliveryOptions): Promise<Delivered> {
  const { demand, sent, outlet } = options
  const streams = isEventStream(answer)
  if (sent.tools.length === 0 && (streams || !demand.format)) {
    passAnswer(answer, outlet)
    return { calls: 0 }
  }
  return streams ? await deliverStream(answer, options) : await deliverWhole(answer, options)
}

function demandsCall({ choice, tools }: ChatDemand): boolean {
  return tools.length > 0 && choice !== 'auto' && choice !== 'none'
}

/** An answer that ended by the model's own will, so that it could have held what it lacks. */
function endedFreely(reasons: readonly string[]): boolean {
  return reasons.every((reason) => reason !== 'length' && reason !== 'content_filter')
}

const noCall: Shortfall = { kind: 'no-call', problem: 'there is no call' }

function deliverStream(answer: RawAnswer, options: DeliveryOptions): Promise<Delivered> {
  const { demand, outlet, createEditor, redact } = options
  const editor = createStreamEditor({ createEditor: () => createEditor(false), redact })
  const { choices } = editor
  // Where a call is demanded, nothing leaves before one has begun.
  let held: Uint8Array[] | undefined = demandsCall(demand) ? [] : undefined
  const fallsShort = (): boolean => held !== undefined && !choices.started() && editor.state() !== 'failed'

  function start(): void {
    outlet.start(answer.status, toClientHeaders(answer.headers, true))
    outlet.onDrain(answer.resume)
  }
  function release(): void {
    if (!held) return
    start()
    for (const bytes of held) outlet.write(bytes)
    held = undefined
  }
  function write(bytes: Uint8Array): boolean {
    if (held && fallsShort()) return held.push(bytes) > 0
    release()
    return outlet.write(bytes)
  }
  function finish(last: Uint8Array | string): Delivered {
    const calls = choices.calls()
    if (fallsShort() && endedFreely(choices.reasons)) return { calls, shortfall: noCall }
    release()
    outlet.end(last)
    return { calls }
  }

  if (!held) start()
  return new Promise((resolve) => {
    answer.receive({
      data(bytes) {
        const leaving = editor.push(bytes)
        if (editor.state() === 'open') return leaving ? write(leaving) : true
        resolve(finish(leaving ?? ''))
        if (editor.state() === 'failed') answer.cancel()
        else letEnd(answer)
        return true
      },
      end: () => resolve(finish(editor.end())),
      fail: (error) => resolve(finish(editor.end(error))),
    })
  })
}

/** The end of an answer may travel behind its [DONE]; without it the connection could not be used again. */
function letEnd(answer: RawAnswer): void {
  const timer = setTimeout(answer.cancel, lingerMs)
  const over = (): void => clearTimeout(timer)
  answer.receive({ data: () => true, end: over, fail: over })
}

async function deliverWhole(answer: RawAnswer, options: DeliveryOptions): Promise<Delivered> {
  const { demand, sent, outlet, createEditor } = options
  const bytes = await readBytes(answer)
  const completion = parseJson(bytes.toString('utf8'))
  if (!isObject(completion) || !Array.isArray(completion.choices)) {
    outlet.start(answer.status, toClientHeaders(answer.headers, false))
    outlet.end(bytes)
    return { calls: 0 }
  }
  const edits = sent.tools.length > 0 || sent.teachesFormat
  const edited = edits ? editWhole(completion, () => createEditor(true)) : { changed: false, calls: 0, reasons: [] }
  const { calls, reasons } = edited
  if (demandsCall(demand) && calls === 0 && endedFreely(reasons)) return { calls, shortfall: noCall }
  const json = mendJson(completion, demand)
  if (json.problem !== undefined) return { calls, shortfall: { kind: 'no-json', problem: json.problem } }
  const streams = demand.stream
  const changed = edited.changed || json.changed || streams
  const headers = toClientHeaders(answer.headers, changed)
  outlet.start(answer.status, streams ? { ...headers, 'content-type': 'text/event-stream; charset=utf-8' } : headers)
  if (streams) outlet.end(toStreamEvents(completion, wantsUsage(demand)))
  else outlet.end(changed ? JSON.stringify(completion) : bytes)
  return { calls }
}

function wantsUsage({ body }: ChatDemand): boolean {
  return isObject(body.stream_options) && body.stream_options.include_usage === true
}

/** Takes away what stands around the JSON of each answer, in place; a choice with a call or a refusal needs none. */
function mendJson({ choices }: WireChunk, { format }: ChatDemand): { changed: boolean; problem?: string } {
  let changed = false
  if (!format) return { changed }
  for (const { message, finish_reason: reason } of objectsIn(choices)) {
    if (!isObject(message) || reason === 'length' || reason === 'content_filter') continue
    if (message.tool_calls != null || message.function_call != null || message.refusal != null) continue
    const given = textIn(message.content)
    const answer = toJsonAnswer(given, format)
    if ('problem' in answer) return { changed, problem: answer.problem }
    changed ||= answer.text !== given
    message.content = answer.text
  }
  return { changed }
}
