import { HostError } from '../../../core/errors.ts'
import { compactConversation } from './compact.ts'
import type { ConnectionMemory } from './connection-memory.ts'
import { type Conversations, createConversations } from './conversations.ts'
import { countInputTokens, type InputTokens } from './input-tokens.ts'
import type { NumberedEvent, ResponseObject } from './response-events.ts'
import { createResponseRecords, type ResponseRecord, type ResponseRecords } from './response-record.ts'
import { followResponse, type ResponseRunParts } from './response-run.ts'
import { type StartParts, startResponse } from './start-response.ts'

export type ResponsesParts = Omit<StartParts, 'records' | 'finished' | 'sessionOf' | 'memory'>

/** A Response whose run has begun. */
export interface OpenResponse {
  created: ResponseObject
  /** Whether it goes on without anybody who listens. */
  background: boolean
  /**
   * Its events, from the first to the end. To be read once; leaving before the end, or the abort, cancels the run unless
   * it is in the background.
   */
  events(signal: AbortSignal): AsyncGenerator<NumberedEvent, ResponseObject>
}

/** The Responses API over runs. Every method with an id throws HostError `not_found`. */
export interface ResponsesService {
  /** @throws HostError `invalid_request` that names the field, `not_found`, `session_busy` */
  create(body: unknown, memory?: ConnectionMemory): Promise<OpenResponse>
  retrieve(id: string): Promise<ResponseObject>
  /** The events after number `after` (-1: all), as they come. */
  replay(id: string, after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent>
  cancel(id: string): Promise<ResponseObject>
  delete(id: string): Promise<void>
  inputItems(id: string): Promise<Record<string, unknown>[]>
  /** @throws HostError `invalid_request` */
  inputTokens(body: unknown): Promise<InputTokens>
  /** @throws HostError `invalid_request` */
  compact(body: unknown): Promise<Record<string, unknown>>
  readonly conversations: Conversations
}

export function createResponsesService(parts: ResponsesParts): ResponsesService {
  const { kept, passing, log } = parts
  const records = createResponseRecords(kept.stores.records)
  const { seal } = parts.seal
  const stored: Following = { runs: kept.runs, sessions: kept.stores.sessions, records, seal, now: parts.now }
  const fleeting = { ...stored, runs: passing.runs, sessions: passing.stores.sessions }
  const conversations = createConversations({ stores: kept.stores, unseal: parts.seal.unseal, now: parts.now })
  const { sessionOf } = conversations
  const finished: StartParts['finished'] = (id, param) => finishedRecord(id, param, records, stored)
  const startParts = { ...parts, records, finished, sessionOf }
  return {
    ...keptResponses(records, stored),
    conversations,
    inputTokens: (body) => countInputTokens(body, startParts),
    compact: (body) => compactConversation(body, startParts),
    async create(body, memory) {
      const { record, isStored, background } = await startResponse(body, { ...startParts, memory })
      const following = isStored ? stored : { ...fleeting, records: memory }
      if (background) {
        drain(followResponse(record, following)).catch((error: unknown) =>
          log.error({ err: error, response: record.id }, 'a response in the background was not finished'),
        )
      }
      return {
        created: record.created,
        background,
        events: (signal) => readToTheEnd(record, following, background, signal),
      }
    },
  }
}

type Following = ResponseRunParts & { runs: StartParts['kept']['runs'] }

function keptResponses(
  records: ResponseRecords,
  stored: Following,
): Omit<ResponsesService, 'create' | 'conversations' | 'inputTokens' | 'compact'> {
  return {
    async retrieve(id) {
      const record = await records.get(id, 'response_id')
      if (record.final) return record.final.response
      const { state } = await stored.runs.get(record.runId)
      if (state === 'queued') return { ...record.created, status: 'queued' }
      if (state === 'running') return { ...record.created, status: 'in_progress' }
      return await drain(followResponse(record, stored))
    },
    async *replay(id, after, signal) {
      const record = await records.get(id, 'response_id')
      for await (const event of followResponse(record, stored, signal)) {
        if (event.sequence_number > after) yield event
      }
    },
    async cancel(id) {
      const record = await records.get(id, 'response_id')
      if (record.final) return record.final.response
      await stored.runs.cancel(record.runId)
      return await drain(followResponse(record, stored))
    },
    async delete(id) {
      const record = await records.get(id, 'response_id')
      if (!record.final) await stored.runs.cancel(record.runId)
      await records.delete(id)
    },
    async inputItems(id) {
      return (await records.get(id, 'response_id')).input
    },
  }
}

async function* readToTheEnd(
  record: ResponseRecord,
  following: Following,
  background: boolean,
  signal: AbortSignal,
): AsyncGenerator<NumberedEvent, ResponseObject> {
  let whole = false
  try {
    const response = yield* followResponse(record, following, signal)
    whole = !signal.aborted
    return response
  } finally {
    if (!whole && !background) await following.runs.cancel(record.runId)
  }
}

/** The record of a Response that is over; one that its own process did not finish is finished from the run's log. */
async function finishedRecord(
  id: string,
  param: string,
  records: ResponseRecords,
  stored: Following,
): Promise<ResponseRecord> {
  const record = await records.get(id, param)
  if (record.final) return record
  const { state } = await stored.runs.get(record.runId)
  if (state === 'queued' || state === 'running') {
    throw new HostError('invalid_request', `The response ${id} is still in progress.`, { details: { param } })
  }
  await drain(followResponse(record, stored))
  return record
}

async function drain(events: AsyncGenerator<NumberedEvent, ResponseObject>): Promise<ResponseObject> {
  while (true) {
    const next = await events.next()
    if (next.done === true) return next.value
  }
}
