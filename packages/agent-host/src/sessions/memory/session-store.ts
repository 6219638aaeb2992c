import { createId } from '../../core/ids.ts'
import { createNotifier, type Notifier } from '../../core/notifier.ts'
import { waitUntil } from '../../core/wait-until.ts'
import { acceptDrafts } from '../accept-drafts.ts'
import { type Claim, inFuture, type SessionClaims, staleClaim } from '../claim.ts'
import { type Entry, intentKey, pathTo } from '../entry.ts'
import { checkId, type NewSession, noEntry, noSession, type Session, sessionBusy, sessionExists } from '../session.ts'
import { pageOf } from '../session-page.ts'
import type { SessionStore } from '../session-store.ts'

interface Kept {
  session: Session
  entries: Entry[]
  ids: Set<string>
  started: Set<string>
  claim: Claim | undefined
}

/** The last written to is the last. */
type KeptSessions = Map<string, Kept>

export interface MemoryLimits {
  /** Beyond this, the sessions that were not written to for longest are forgotten. Default: 1,000. */
  maxSessions?: number
}

/** Keeps conversations for as long as the process lives. */
export function createMemorySessionStore({ maxSessions = 1000 }: MemoryLimits = {}): SessionStore {
  const sessions: KeptSessions = new Map()
  const notifier = createNotifier()
  const add = (options: NewSession, entries: Entry[], forkedFrom?: Session['forkedFrom']): Session => {
    const { id = createId('session'), title = '', metadata = {} } = options
    checkId(id)
    if (sessions.has(id)) throw sessionExists(id)
    const at = new Date().toISOString()
    const session = { id, title, createdAt: at, updatedAt: at, metadata, ...(forkedFrom && { forkedFrom }) }
    const added: Kept = { session, entries: [], ids: new Set(), started: new Set(), claim: undefined }
    addEntries(added, entries)
    sessions.set(id, added)
    forgetOldest(sessions, maxSessions)
    return copyOf(session)
  }
  return {
    ...claims(sessions, notifier),
    ...conversations(sessions),
    async create(session = {}) {
      return add(session, [])
    },
    async fork(id, entryId, session = {}) {
      const path = pathTo(find(sessions, id).entries, entryId)
      if (path.length === 0) throw noEntry(id, entryId)
      return add(session, path, { sessionId: id, entryId })
    },
    async delete(id) {
      const holder = holderOf(find(sessions, id))
      if (holder) throw sessionBusy(id, holder)
      sessions.delete(id)
      notifier.notify(id)
    },
  }
}

type Conversations = 'get' | 'list' | 'change' | 'entries' | 'append'

function conversations(sessions: KeptSessions): Pick<SessionStore, Conversations> {
  return {
    async get(id) {
      checkId(id)
      const found = sessions.get(id)
      return found && copyOf(found.session)
    },
    async list(page) {
      const all = [...sessions.values()].map(({ session }) => session)
      const { items, cursor } = pageOf(all, page)
      return { sessions: items.map(copyOf), ...(cursor !== undefined && { cursor }) }
    },
    async change(id, change) {
      const found = find(sessions, id)
      found.session = copyOf({ ...found.session, ...change })
      return copyOf(found.session)
    },
    async entries(id) {
      return [...find(sessions, id).entries]
    },
    async append(claim, drafts) {
      const found = held(sessions, claim)
      const head = found.entries.at(-1)?.id ?? null
      const entries = copyOf(acceptDrafts(claim.id, drafts, { ...found, head }))
      addEntries(found, entries)
      found.session.updatedAt = entries.at(-1)?.at ?? found.session.updatedAt
      sessions.delete(claim.id)
      sessions.set(claim.id, found)
      return entries
    },
  }
}

function claims(sessions: KeptSessions, notifier: Notifier): SessionClaims {
  // One for all: a session that is deleted and made again must not honour a claim on the old one.
  let lastToken = 0
  return {
    async claim(id, owner, ttlMs) {
      const found = find(sessions, id)
      const holder = holderOf(found)
      if (holder) return { claimed: false, owner: holder.owner, expiresAt: holder.expiresAt }
      found.claim = { id, owner, token: ++lastToken, expiresAt: inFuture(ttlMs) }
      return { claimed: true, claim: found.claim }
    },
    async renew(claim, ttlMs) {
      return (held(sessions, claim).claim = { ...claim, expiresAt: inFuture(ttlMs) })
    },
    async release(claim) {
      const found = sessions.get(claim.id)
      if (found?.claim?.token !== claim.token) return
      found.claim = undefined
      notifier.notify(claim.id)
    },
    async released(id, signal) {
      find(sessions, id)
      await waitUntil(notifier, id, signal, async () => {
        const found = sessions.get(id)
        const holder = found && holderOf(found)
        return holder
          ? { found: false, lookAgainInMs: Date.parse(holder.expiresAt) - Date.now() }
          : { found: true, value: undefined }
      })
    },
  }
}

function find(sessions: KeptSessions, id: string): Kept {
  checkId(id)
  const found = sessions.get(id)
  if (!found) throw noSession(id)
  return found
}

/** The session that the claim is good for. */
function held(sessions: KeptSessions, claim: Claim): Kept {
  const found = sessions.get(claim.id)
  if (!found || holderOf(found)?.token !== claim.token) throw staleClaim(claim)
  return found
}

function holderOf({ claim }: Kept): Claim | undefined {
  return claim && Date.parse(claim.expiresAt) > Date.now() ? claim : undefined
}

function addEntries({ entries, ids, started }: Kept, added: readonly Entry[]): void {
  for (const entry of added) {
    entries.push(entry)
    ids.add(entry.id)
    const key = intentKey(entry.body)
    if (key !== undefined) started.add(key)
  }
}

function forgetOldest(sessions: KeptSessions, maxSessions: number): void {
  for (const [id, each] of sessions) {
    if (sessions.size <= maxSessions) return
    if (!holderOf(each)) sessions.delete(id)
  }
}

/** As a store that writes JSON gives it back, so that nobody changes what is kept. */
function copyOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}
