import { HostError } from '../../core/errors.ts'
import type { AgentEvent } from '../../core/events.ts'
import type { OpenFile } from '../../files/file-system.ts'
import { type Claim, staleClaim } from '../../sessions/claim.ts'
import { newEvents } from '../new-events.ts'
import { toLines } from './event-log.ts'
import type { RunRecord } from './run-files.ts'

/** A run that this process drives. Its methods are called one after another. */
export interface RunWriter {
  claim: Claim
  record: RunRecord
  readonly lastSequence: number
  append(from: number, events: readonly AgentEvent[]): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** `last`: the number of the last event in the file. */
export function createRunWriter(claim: Claim, record: RunRecord, file: OpenFile, last: number): RunWriter {
  let lastSequence = last
  let failure: unknown
  const writer: RunWriter = {
    claim,
    record,
    get lastSequence() {
      return lastSequence
    },
    async append(from, events) {
      if (Date.parse(writer.claim.expiresAt) <= Date.now()) throw staleClaim(writer.claim)
      if (failure !== undefined) {
        throw new HostError('store_failed', `The log of ${claim.id} could not be written before.`, { cause: failure })
      }
      const added = newEvents(claim.id, lastSequence, from, events)
      if (added.length === 0) return
      try {
        await file.append(toLines(lastSequence + 1, added))
      } catch (error) {
        // Part of it may be in the file, and nothing may follow that.
        failure = error
        throw error
      }
      lastSequence += added.length
    },
    sync: () => file.sync(),
    close: () => file.close(),
  }
  return writer
}
