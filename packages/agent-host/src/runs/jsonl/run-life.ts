import { fromFileName, toFileName } from '../../files/file-name.ts'
import { cutTornTail } from '../../files/line-file.ts'
import { type Claim, staleClaim } from '../../sessions/claim.ts'
import { checkId } from '../../sessions/session.ts'
import { hasEnded, type Run, runExists } from '../run.ts'
import type { NewRun, RunStore } from '../run-store.ts'
import { readEnd } from './event-log.ts'
import type { RunRecord } from './run-files.ts'
import { dropWriter, findRun, type RunParts, toRun, withWriter } from './run-parts.ts'
import { createRunWriter } from './run-writer.ts'

type Life = 'create' | 'get' | 'start' | 'end' | 'renew' | 'takeOver' | 'lost' | 'removeEnded'

export function createRunLife(parts: RunParts): Pick<RunStore, Life> {
  const { claims, files, notifier, cancels, queue } = parts
  return {
    async create(run) {
      checkId(run.id)
      return await queue.run(run.id, () => createRun(parts, run))
    },
    async get(id) {
      checkId(id)
      const record = parts.writers.get(id)?.record ?? (await files.read(id))
      return record && (await toRun(parts, record))
    },
    start: (claim, model) =>
      withWriter(parts, claim, async (writer) => {
        writer.record = { ...writer.record, state: 'running', model, startedAt: new Date().toISOString() }
        await files.write(writer.record)
      }),
    async end(claim, state, error) {
      await withWriter(parts, claim, async (writer) => {
        await writer.sync()
        const { lastSequence } = writer
        const cancelRequested = await files.hasCancel(claim.id)
        const endedAt = new Date().toISOString()
        await files.write({ ...writer.record, state, endedAt, lastSequence, cancelRequested, ...(error && { error }) })
        await dropWriter(parts, claim.id)
        await claims.release(toFileName(claim.id), claim.token)
        await files.removeCancel(claim.id)
      })
      notifier.notify(claim.id)
      cancels.notify(claim.id)
    },
    renew: (claim, ttlMs) =>
      withWriter(parts, claim, async (writer) => {
        const expiresAt = await claims.renew(toFileName(claim.id), claim.token, ttlMs)
        if (expiresAt === undefined) throw staleClaim(claim)
        writer.claim = { ...writer.claim, expiresAt: new Date(expiresAt).toISOString() }
        writer.record = { ...writer.record, expiresAt: writer.claim.expiresAt }
        return writer.claim
      }),
    async takeOver(id, owner, ttlMs) {
      checkId(id)
      return await queue.run(id, () => takeOver(parts, id, owner, ttlMs))
    },
    lost: createFindLost(parts),
    async removeEnded(before) {
      const old = (await files.all(before)).filter(({ endedAt }) => Date.parse(endedAt ?? '') < before.getTime())
      for (const { id } of old) await files.remove(id)
      return old.length
    },
  }
}

async function createRun(parts: RunParts, { id, sessionId, endpoint, owner, ttlMs }: NewRun): Promise<Claim> {
  const { claims, files, writers } = parts
  const name = toFileName(id)
  const taken = (await files.read(id)) ? undefined : await claims.take(name, owner, { ttlMs, above: 0 })
  if (!taken?.taken) throw runExists(id)
  const { token } = taken
  const times = { expiresAt: new Date(taken.expiresAt).toISOString(), createdAt: new Date().toISOString() }
  const empty = { lastSequence: 0, cancelRequested: false }
  const record: RunRecord = { id, sessionId, endpoint, state: 'queued', owner, ...times, ...empty, token }
  const claim = { id, owner, token, expiresAt: times.expiresAt }
  try {
    const file = (await files.openEvents(id)) ?? (await files.createEvents(id))
    writers.set(id, createRunWriter(claim, record, file, 0))
    if (!(await files.add(record))) throw runExists(id)
    return claim
  } catch (error) {
    await dropWriter(parts, id)
    await claims.release(name, token)
    throw error
  }
}

async function takeOver(parts: RunParts, id: string, owner: string, ttlMs: number): Promise<Claim | undefined> {
  const { claims } = parts
  const name = toFileName(id)
  await dropIfExpired(parts, id)
  const seen = await findRun(parts, id)
  if (hasEnded(seen)) return undefined
  const taken = await claims.take(name, owner, { ttlMs, above: seen.token })
  if (!taken.taken) return undefined
  let claim: Claim | undefined
  try {
    const expiresAt = new Date(taken.expiresAt).toISOString()
    claim = await openTaken(parts, { id, owner, token: taken.token, expiresAt })
    return claim
  } finally {
    if (!claim) await claims.release(name, taken.token)
  }
}

/** Goes on with the log of a run that was taken over; `undefined` where somebody else was faster. */
async function openTaken({ files, writers }: RunParts, claim: Claim): Promise<Claim | undefined> {
  const { id, owner, token, expiresAt } = claim
  const record = await files.read(id)
  if (!record || hasEnded(record) || record.token >= token) return undefined
  const latest = { ...record, owner, expiresAt, token }
  await files.write(latest)
  const file = (await files.openEvents(id)) ?? (await files.createEvents(id))
  try {
    const { last, end } = await readEnd(file)
    await cutTornTail(file, end)
    writers.set(id, createRunWriter(claim, latest, file, last))
    return claim
  } finally {
    if (!writers.has(id)) await file.close()
  }
}

async function dropIfExpired(parts: RunParts, id: string): Promise<void> {
  const writer = parts.writers.get(id)
  if (writer && Date.parse(writer.claim.expiresAt) <= Date.now()) await dropWriter(parts, id)
}

/** Finds runs that nobody has: by their claims, which are dead, and those that have none, as a power cut forgets them. */
function createFindLost(parts: RunParts): RunStore['lost'] {
  const { claims, files } = parts
  /** Filled once: as long as processes merely die, every run that has not ended has a claim. */
  let unclaimed: Set<string> | undefined
  return async () => {
    const dead = (await claims.all()).filter(({ live }) => !live)
    unclaimed ??= new Set((await files.all()).filter((run) => !hasEnded(run)).map(({ id }) => id))
    const lost: Run[] = []
    for (const id of new Set([...dead.map(({ name }) => fromFileName(name)), ...unclaimed])) {
      // In this order: a run's end is written before its claim is released.
      if (await claims.holder(toFileName(id))) continue
      const run = await files.read(id)
      if (run && !hasEnded(run)) lost.push(await toRun(parts, run))
      else unclaimed.delete(id)
    }
    for (const { name, token } of dead) {
      if (lost.every(({ id }) => toFileName(id) !== name)) await claims.release(name, token)
    }
    return lost
  }
}
