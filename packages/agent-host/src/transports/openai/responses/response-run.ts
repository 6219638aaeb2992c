import type { RunManager } from '../../../runs/run-manager.ts'
import type { SessionStore } from '../../../sessions/session-store.ts'
import type { NumberedEvent, ResponseObject } from './response-events.ts'
import type { ResponseRecord, ResponseRecords } from './response-record.ts'
import { createResponseWriter, type ResponseWriter } from './response-writer.ts'

export interface ResponseRunParts {
  runs: Pick<RunManager, 'follow'>
  sessions: Pick<SessionStore, 'entries'>
  /** Absent where nothing is kept. */
  records: Pick<ResponseRecords, 'keep'> | undefined
  seal(text: string): string
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * The events of a Response from its first, made from the log of its run; at the end the Response is kept as it is then.
 * They are the same each time, so that a client may go on with any of them. Ends early, without an end event, at the
 * abort only.
 */
export async function* followResponse(
  record: ResponseRecord,
  parts: ResponseRunParts,
  signal?: AbortSignal,
): AsyncGenerator<NumberedEvent, ResponseObject> {
  let end: RunEnding | undefined
  const writer = openWriter(record, { ...parts, now: () => end?.at ?? parts.now() })
  for (const each of writer.start()) yield each
  for await (const { event } of parts.runs.follow(record.runId, 0, signal)) {
    if (event.type === 'run-end') end = await readEnding(record, parts)
    const events = writer.add(event)
    if (end) await keepFinal(record, writer, end, parts)
    for (const each of events) yield each
  }
  return writer.response()
}

interface RunEnding {
  /** Milliseconds since 1970: the same for all who read the Response, whenever they do. */
  at: number
  entryId: string | null
}

async function readEnding(
  { final, sessionId, runId: id }: ResponseRecord,
  parts: ResponseRunParts,
): Promise<RunEnding> {
  if (final) return { at: (final.response.completed_at ?? 0) * 1000, entryId: final.entryId }
  if (!parts.records) return { at: parts.now(), entryId: null }
  const last = (await parts.sessions.entries(sessionId)).findLast(({ runId }) => runId === id)
  return { at: last ? Date.parse(last.at) : parts.now(), entryId: last?.id ?? null }
}

function openWriter({ created, writer }: ResponseRecord, { seal, now }: ResponseRunParts): ResponseWriter {
  return createResponseWriter({
    response: created,
    named: new Map(writer.named),
    lists: writer.lists,
    warnings: writer.warnings,
    approvals: new Map(writer.approvals),
    style: writer.style,
    ...(writer.sealed && { seal }),
    now,
  })
}

async function keepFinal(
  record: ResponseRecord,
  writer: ResponseWriter,
  { entryId }: RunEnding,
  { records }: ResponseRunParts,
): Promise<void> {
  if (record.final || !records) return
  record.final = { response: writer.response(), entryId, asked: [...writer.asked] }
  await records.keep(record)
}
