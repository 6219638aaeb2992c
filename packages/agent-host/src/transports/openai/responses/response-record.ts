import { z } from 'zod'
import { HostError } from '../../../core/errors.ts'
import { createKeyedQueue } from '../../../core/keyed-queue.ts'
import type { RecordStore } from '../../../sessions/record-store.ts'
import type { McpToolList } from './mcp-writer.ts'
import type { NamedTool } from './named-tool.ts'
import type { ReasoningStyle } from './reasoning-writer.ts'
import type { ResponseObject } from './response-events.ts'

/** What the events of a Response are made from, besides those of its run. */
export interface WriterRecord {
  named: [string, NamedTool][]
  lists: McpToolList[]
  warnings: string[]
  style: ReasoningStyle
  /** Whether reasoning is sealed for the client. */
  sealed: boolean
  /** The approval request that each call was approved by, by the call's id. */
  approvals: [string, string][]
}

/** A Response that is kept. */
export interface ResponseRecord {
  id: string
  runId: string
  sessionId: string
  /** As it was created; whole in `final` once its run has ended. */
  created: ResponseObject
  writer: WriterRecord
  /** Items of the request, each with an id. */
  input: Record<string, unknown>[]
  final?: {
    response: ResponseObject
    /** The last entry of its run: where the next Response goes on. */
    entryId: string | null
    /** The calls that it asked an approval for, by the id of the request. */
    asked: [string, string][]
  }
}

const stored = z.looseObject({ id: z.string(), runId: z.string(), sessionId: z.string() })

export interface ResponseRecords {
  add(record: ResponseRecord): Promise<void>
  /** Keeps it as it is now, unless it was deleted since. */
  keep(record: ResponseRecord): Promise<void>
  /** @throws HostError `not_found`, with the name of the parameter that held the id. */
  get(id: string, param: string): Promise<ResponseRecord>
  find(id: string): Promise<ResponseRecord | undefined>
  delete(id: string): Promise<boolean>
}

export function createResponseRecords(records: RecordStore): ResponseRecords {
  const find: ResponseRecords['find'] = async (id) => {
    if (!/^resp_[\w-]{1,90}$/.test(id)) return undefined
    const found = await records.get('response', id)
    // Written by us alone, so that its outline is enough to tell it from something else.
    return found && stored.safeParse(found).success ? (found as unknown as ResponseRecord) : undefined
  }
  const add: ResponseRecords['add'] = (record) => records.put('response', record.id, { ...record })
  const queue = createKeyedQueue()
  return {
    find,
    add,
    keep: (record) =>
      queue.run(record.id, async () => {
        if (await find(record.id)) await add(record)
      }),
    delete: (id) => queue.run(id, () => records.delete('response', id)),
    async get(id, param) {
      const found = await find(id)
      if (!found)
        throw new HostError('not_found', `There is no response ${JSON.stringify(id)}.`, { details: { param } })
      return found
    },
  }
}
