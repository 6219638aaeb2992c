import type { RunManager } from '../../../runs/run-manager.ts'
import type { SessionStore } from '../../../sessions/session-store.ts'
import type { NumberedEvent, ResponseObject } from './response-events.ts'
import type { ResponseRecord, ResponseRecords } from './response-record.ts'
import { createResponseWriter, type ResponseWriter } from './response-writer.ts'

export interface ResponseRunParts {
  runs: Pick<RunManager, 'follow'>
  sessions: Pick<SessionStore, 'entries'>
  /** Absent where nothing is kept. */
  records: Pick<ResponseRecords, 'put'> | undefined
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
  const writer = openWriter(record, parts)
  for (const each of writer.start()) yield each
  for await (const { event } of parts.runs.follow(record.runId, 0, signal)) {
    const events = writer.add(event)
    if (event.type === 'run-end') await keepFinal(record, writer, parts)
    for (const each of events) yield each
  }
  return writer.response()
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

async function keepFinal(record: ResponseRecord, writer: ResponseWriter, parts: ResponseRunParts): Promise<void> {
  if (record.final || !parts.records) return
  const entries = await parts.sessions.entries(record.sessionId)
  const last = entries.findLast(({ runId }) => runId === record.runId)
  record.final = { response: writer.response(), entryId: last?.id ?? null, asked: [...writer.asked] }
  await parts.records.put(record)
}
