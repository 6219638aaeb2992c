import { HostError } from '../../core/errors.ts'
import { waitUntil } from '../../core/wait-until.ts'
import type { Holder, Taken } from '../../files/claim-files.ts'
import { toFileName } from '../../files/file-name.ts'
import type { OpenFile } from '../../files/file-system.ts'
import { cutTornTail } from '../../files/line-file.ts'
import { type Claim, type ClaimAttempt, type SessionClaims, staleClaim } from '../claim.ts'
import { checkId, noSession } from '../session.ts'
import type { SessionStore } from '../session-store.ts'
import { toLine } from './session-lines.ts'
import { createSessionWriter, type SessionWriter } from './session-writer.ts'
import { dropWriter, openLog, refreshLog, type StoreParts } from './store-parts.ts'

/** Another process tells nobody that it has released a session. */
const lookAgainInMs = 100

export function createJsonlClaims(parts: StoreParts): SessionClaims & Pick<SessionStore, 'append'> {
  const { claims, files, notifier, queue, writers } = parts
  /** Does something with the writer that the claim is good for; a claim that proves stale lets go of it. */
  const withWriter = <Value>(claim: Claim, work: (writer: SessionWriter) => Promise<Value>): Promise<Value> =>
    queue.run(claim.id, async () => {
      const writer = writers.get(claim.id)
      if (writer?.claim.token !== claim.token) throw staleClaim(claim)
      try {
        return await work(writer)
      } catch (error) {
        if (error instanceof HostError && error.code === 'stale_claim') await dropWriter(parts, claim.id)
        throw error
      }
    })
  return {
    async claim(id, owner, ttlMs) {
      checkId(id)
      return await queue.run(id, () => claimSession(parts, id, owner, ttlMs))
    },
    renew: (claim, ttlMs) => withWriter(claim, (writer) => writer.renew(ttlMs)),
    append: (claim, drafts) => withWriter(claim, (writer) => writer.append(drafts)),
    async release(claim) {
      await queue.run(claim.id, async () => {
        if (writers.get(claim.id)?.claim.token !== claim.token) return
        await dropWriter(parts, claim.id)
        await claims.release(toFileName(claim.id), claim.token)
      })
      notifier.notify(claim.id)
    },
    async released(id, signal) {
      checkId(id)
      if (!(await files.state(id))) throw noSession(id)
      await waitUntil(notifier, id, signal, async () => {
        const holder = await claims.holder(toFileName(id))
        if (!holder) return { found: true, value: undefined }
        return { found: false, lookAgainInMs: Math.min(lookAgainInMs, holder.expiresAt - Date.now()) }
      })
    },
  }
}

async function claimSession(parts: StoreParts, id: string, owner: string, ttlMs: number): Promise<ClaimAttempt> {
  const holder = await parts.claims.holder(toFileName(id))
  if (holder) return toBusy(holder)
  await dropWriter(parts, id)
  const file = await openLog(parts, id)
  let writer: SessionWriter | undefined
  try {
    const taken = await takeSession(parts, id, owner, ttlMs, file)
    if (!taken.taken) return toBusy(taken)
    writer = await openWriter(parts, { id, owner, token: taken.token, expiresAt: toTime(taken.expiresAt) }, file)
    parts.writers.set(id, writer)
    return { claimed: true, claim: writer.claim }
  } finally {
    if (!writer) await file.close()
  }
}

/**
 * Takes the claim file with a token that the session has not had, and says that the session is about to change.
 *
 * @throws HostError `not_found` where the session was deleted meanwhile.
 */
export async function takeSession(
  parts: StoreParts,
  id: string,
  owner: string,
  ttlMs: number,
  file: OpenFile,
): Promise<Taken | Holder> {
  const name = toFileName(id)
  while (true) {
    const { token: above } = await refreshLog(parts, id, file)
    const taken = await parts.claims.take(name, owner, { ttlMs, above })
    if (!taken.taken) return taken
    let isOurs = false
    try {
      if (await isNewToken(parts, id, taken.token, file)) {
        await parts.index.touch(id)
        isOurs = true
      }
    } finally {
      if (!isOurs) await parts.claims.release(name, taken.token)
    }
    if (isOurs) return taken
  }
}

/** Before we had the claim somebody may have had this token, written it to the file, and released it. */
async function isNewToken(parts: StoreParts, id: string, taken: number, file: OpenFile): Promise<boolean> {
  const { identity, token } = await refreshLog(parts, id, file)
  if ((await parts.files.state(id))?.identity !== identity) throw noSession(id)
  return token < taken
}

/** Mends the file's end and marks in it that the session has a new writer. */
async function openWriter(parts: StoreParts, claim: Claim, file: OpenFile): Promise<SessionWriter> {
  const { id, owner, token } = claim
  const name = toFileName(id)
  try {
    const { end } = await refreshLog(parts, id, file)
    if (await cutTornTail(file, end)) {
      parts.log.warn(
        { session: id },
        'a crash had left an unfinished write at the end of a session file: it is cut off',
      )
    }
    await file.append(Buffer.from(toLine({ type: 'claim', token, owner, at: new Date().toISOString() })))
    const log = await refreshLog(parts, id, file)
    return createSessionWriter({ claim, log, file, claims: parts.claims, name })
  } catch (error) {
    await parts.claims.release(name, token)
    throw error
  }
}

function toBusy({ owner, expiresAt }: Holder): ClaimAttempt {
  return { claimed: false, owner, expiresAt: toTime(expiresAt) }
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
