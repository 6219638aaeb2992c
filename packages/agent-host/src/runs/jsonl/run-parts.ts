import type { KeyedQueue } from '../../core/keyed-queue.ts'
import type { Logger } from '../../core/logger.ts'
import type { Notifier } from '../../core/notifier.ts'
import type { ClaimFiles } from '../../files/claim-files.ts'
import { toFileName } from '../../files/file-name.ts'
import { type Claim, staleClaim } from '../../sessions/claim.ts'
import { checkId } from '../../sessions/session.ts'
import { hasEnded, noRun, type Run } from '../run.ts'
import { readEnd } from './event-log.ts'
import type { RunFiles, RunRecord } from './run-files.ts'
import type { RunWriter } from './run-writer.ts'

/** What the parts of the store share. */
export interface RunParts {
  files: RunFiles
  claims: ClaimFiles
  queue: KeyedQueue
  /** Of what followers of a run wait for: events, and its end. */
  notifier: Notifier
  /** Of what its driver waits for: that somebody wants it cancelled, and its end. Events are too many to look each time. */
  cancels: Notifier
  log: Logger
  /** Of the runs that this process drives. */
  writers: Map<string, RunWriter>
}

/** @throws HostError `not_found` or `invalid_request`. */
export async function findRun({ files, writers }: RunParts, id: string): Promise<RunRecord> {
  checkId(id)
  const found = writers.get(id)?.record ?? (await files.read(id))
  if (!found) throw noRun(id)
  return found
}

/** Does something with the writer that the claim is good for; a claim that proves stale lets go of it. */
export async function withWriter<Value>(
  parts: RunParts,
  claim: Claim,
  work: (writer: RunWriter) => Promise<Value>,
): Promise<Value> {
  return await parts.queue.run(claim.id, async () => {
    const writer = parts.writers.get(claim.id)
    if (writer?.claim.token !== claim.token) throw staleClaim(claim)
    const inTime = Date.parse(writer.claim.expiresAt) > Date.now()
    if (inTime && (await parts.claims.isCurrent(toFileName(claim.id), claim.token))) return await work(writer)
    await dropWriter(parts, claim.id)
    throw staleClaim(claim)
  })
}

export async function dropWriter({ writers }: RunParts, id: string): Promise<void> {
  const writer = writers.get(id)
  writers.delete(id)
  await writer?.close()
}

/** The run with what its file does not say, as that is not written at each event. */
export async function toRun({ claims, files, writers }: RunParts, record: RunRecord): Promise<Run> {
  const { token: _token, ...run } = record
  if (hasEnded(run)) return run
  const cancelRequested = await files.hasCancel(run.id)
  const writer = writers.get(run.id)
  if (writer) return { ...run, lastSequence: writer.lastSequence, cancelRequested }
  const holder = await claims.holder(toFileName(run.id))
  const expiresAt = holder ? new Date(holder.expiresAt).toISOString() : run.expiresAt
  const file = await files.openEvents(run.id)
  if (!file) return { ...run, expiresAt, cancelRequested }
  try {
    return { ...run, expiresAt, lastSequence: (await readEnd(file)).last, cancelRequested }
  } finally {
    await file.close()
  }
}
