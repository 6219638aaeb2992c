import { HostError } from '../../core/errors.ts'
import type { ClaimFiles } from '../../files/claim-files.ts'
import type { OpenFile } from '../../files/file-system.ts'
import { acceptDrafts } from '../accept-drafts.ts'
import { type Claim, staleClaim } from '../claim.ts'
import type { Entry, EntryDraft } from '../entry.ts'
import { toLine } from './session-lines.ts'
import { addLine, type SessionLog } from './session-log.ts'

/** A claimed session, open for writing. Its methods are called one after another. */
export interface SessionWriter {
  /** As it was last renewed. */
  readonly claim: Claim
  readonly log: SessionLog
  append(drafts: readonly EntryDraft[]): Promise<Entry[]>
  renew(ttlMs: number): Promise<Claim>
  close(): Promise<void>
}

interface WriterParts {
  claim: Claim
  log: SessionLog
  file: OpenFile
  claims: ClaimFiles
  /** Of the claim files. */
  name: string
}

export function createSessionWriter({ claim: first, log, file, claims, name }: WriterParts): SessionWriter {
  let claim = first
  let failure: unknown
  const checkTime = (): void => {
    if (Date.parse(claim.expiresAt) <= Date.now()) throw staleClaim(claim)
  }
  const write = async (bytes: Buffer): Promise<void> => {
    await file.append(bytes)
    await file.sync()
    // Not our length: a line of a writer that had lost the session may have come between. It is void.
    const { size } = await file.state()
    // Whoever takes over does it before writing a claim to the file, after which our lines are void.
    if (!(await claims.isCurrent(name, claim.token))) throw staleClaim(claim)
    log.end = size
  }
  return {
    get claim() {
      return claim
    },
    log,
    async append(drafts) {
      checkTime()
      if (failure !== undefined) throw unknownTail(claim.id, failure)
      const head = log.entries.at(-1)?.id ?? null
      const entries = acceptDrafts(claim.id, drafts, { ids: log.ids, started: log.started, head })
      if (entries.length === 0) return []
      const text = toLine({ type: 'entries', token: claim.token, entries })
      try {
        await write(Buffer.from(text))
      } catch (error) {
        failure = error
        throw error
      }
      const stored = { type: 'entries' as const, token: claim.token, entries: entries.map(asStored) }
      addLine(log, stored)
      return stored.entries
    },
    async renew(ttlMs) {
      checkTime()
      const expiresAt = await claims.renew(name, claim.token, ttlMs)
      if (expiresAt === undefined) throw staleClaim(claim)
      claim = { ...claim, expiresAt: new Date(expiresAt).toISOString() }
      return claim
    },
    close: () => file.close(),
  }
}

/** As it will be read again, so that nobody who has the draft changes it. */
function asStored(entry: Entry): Entry {
  return JSON.parse(JSON.stringify(entry)) as Entry
}

function unknownTail(id: string, cause: unknown): HostError {
  const message = `A write to the session ${id} failed before; it has to be claimed anew, which repairs its file.`
  return new HostError('store_failed', message, { cause })
}
