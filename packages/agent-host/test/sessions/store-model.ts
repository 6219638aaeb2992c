import fc from 'fast-check'
import { expect } from 'vitest'
import type { Claim } from '../../src/sessions/claim.ts'
import { type Entry, type EntryDraft, pathTo } from '../../src/sessions/entry.ts'
import type { SessionStore } from '../../src/sessions/session-store.ts'
import { anyBody, intentDraft } from './drafts.ts'

/** Few ids, so that operations meet. */
const anyId = fc.constantFrom('one', 'two', 'three')
/** Which of the entries that are there; reduced to the number of them. */
const anyIndex = fc.nat({ max: 20 })
const anyParent = fc.oneof(fc.constant('follow' as const), fc.constant(null), fc.constant('unknown' as const), anyIndex)
const anyDraft = fc.record({
  parent: anyParent,
  body: fc.oneof(
    { weight: 3, arbitrary: anyBody },
    fc.constantFrom('a', 'b').map((callId) => intentDraft(callId).body),
  ),
})

const anyCommand = fc.record({
  /** Which handle of the store is used; reduced to the number of them. */
  handle: fc.nat({ max: 3 }),
  id: anyId,
  what: fc.oneof(
    fc.record({ type: fc.constant('create' as const), title: fc.string() }),
    fc.record({ type: fc.constant('claim' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('append' as const), drafts: fc.array(anyDraft), stale: fc.boolean() }),
    },
    fc.record({ type: fc.constant('release' as const), stale: fc.boolean() }),
    fc.record({ type: fc.constant('renew' as const), stale: fc.boolean() }),
    fc.record({ type: fc.constant('change' as const), title: fc.string() }),
    fc.record({ type: fc.constant('fork' as const), to: anyId, entry: anyIndex }),
    fc.record({ type: fc.constant('delete' as const) }),
    fc.record({ type: fc.constant('look' as const) }),
  ),
})

type Command = typeof anyCommand extends fc.Arbitrary<infer Value> ? Value : never

export const anyCommands = fc.array(anyCommand, { maxLength: 40, size: 'max' })

interface ModelSession {
  title: string
  entries: Entry[]
  started: Set<string>
  claim: Claim | undefined
  /** The one that claimed: a claim is used where it was given. */
  handle: SessionStore | undefined
}

interface Model {
  sessions: Map<string, ModelSession>
  /** Claims that were released, or whose session is gone. */
  stale: Map<string, Claim>
}

/** What is in a store, by session. */
type Contents = Map<string, { title: string; entries: readonly Entry[] }>

export async function contentsOf(store: SessionStore): Promise<Contents> {
  const { sessions } = await store.list()
  const all = sessions.map(async ({ id, title }) => [id, { title, entries: await store.entries(id) }] as const)
  return new Map(await Promise.all(all))
}

/**
 * Runs the commands one after another, compares each outcome with a model of a few lines, and gives what the model has
 * at the end.
 */
export async function checkAgainstModel(
  handles: readonly SessionStore[],
  commands: readonly Command[],
): Promise<Contents> {
  const model: Model = { sessions: new Map(), stale: new Map() }
  for (const command of commands) {
    const store = handles[command.handle % handles.length]
    if (store) await check(store, model, command)
  }
  return new Map([...model.sessions].map(([id, { title, entries }]) => [id, { title, entries }]))
}

const usesClaim: ReadonlySet<Command['what']['type']> = new Set(['append', 'release', 'renew'])

async function check(given: SessionStore, model: Model, { id, what }: Command): Promise<void> {
  const session = model.sessions.get(id)
  const claim = ('stale' in what && what.stale ? undefined : session?.claim) ?? model.stale.get(id)
  const store = (claim && claim === session?.claim && usesClaim.has(what.type) ? session.handle : undefined) ?? given
  switch (what.type) {
    case 'create': {
      const outcome = await outcomeOf(store.create({ id, title: what.title }))
      expect(outcome).toMatchObject(session ? { failed: 'session_exists' } : { gave: { id, title: what.title } })
      if (!session) model.sessions.set(id, newSession(what.title, []))
      return
    }
    case 'claim': {
      const outcome = await outcomeOf(store.claim(id, 'run_1', 60_000))
      if (!session) return expect(outcome).toEqual({ failed: 'not_found' })
      expect(outcome).toMatchObject({ gave: { claimed: session.claim === undefined } })
      if ('gave' in outcome && outcome.gave.claimed) {
        expect(outcome.gave.claim.token).toBeGreaterThan(model.stale.get(id)?.token ?? 0)
        session.claim = outcome.gave.claim
        session.handle = store
      }
      return
    }
    case 'append':
      if (claim) await checkAppend(store, session, claim, what.drafts)
      return
    case 'release':
      if (!claim) return
      await store.release(claim)
      if (session && claim === session.claim) letGo(model, id, session)
      return
    case 'renew': {
      if (!claim) return
      const outcome = await outcomeOf(store.renew(claim, 60_000))
      if (!session || claim !== session.claim) return expect(outcome).toEqual({ failed: 'stale_claim' })
      if ('gave' in outcome) session.claim = outcome.gave
      return expect(outcome).toMatchObject({ gave: { token: claim.token } })
    }
    case 'change': {
      const outcome = await outcomeOf(store.change(id, { title: what.title }))
      expect(outcome).toMatchObject(session ? { gave: { id, title: what.title } } : { failed: 'not_found' })
      if (session) session.title = what.title
      return
    }
    case 'fork': {
      const entry = session?.entries[what.entry % session.entries.length]
      const outcome = await outcomeOf(store.fork(id, entry?.id ?? 'entry_x', { id: what.to, title: 'fork' }))
      if (!session || !entry) return expect(outcome).toEqual({ failed: 'not_found' })
      if (model.sessions.has(what.to)) return expect(outcome).toEqual({ failed: 'session_exists' })
      expect(outcome).toMatchObject({ gave: { id: what.to, forkedFrom: { sessionId: id, entryId: entry.id } } })
      model.sessions.set(what.to, newSession('fork', pathTo(session.entries, entry.id)))
      return
    }
    case 'delete': {
      const outcome = await outcomeOf(store.delete(id))
      if (!session) return expect(outcome).toEqual({ failed: 'not_found' })
      if (session.claim) return expect(outcome).toEqual({ failed: 'session_busy' })
      model.sessions.delete(id)
      return expect(outcome).toEqual({ gave: undefined })
    }
    case 'look': {
      const outcome = await outcomeOf(store.entries(id))
      expect(outcome).toEqual(session ? { gave: session.entries } : { failed: 'not_found' })
      expect((await store.get(id))?.title).toBe(session?.title)
      return
    }
    default:
      throw new Error('a command without a check')
  }
}

async function checkAppend(
  store: SessionStore,
  session: ModelSession | undefined,
  claim: Claim,
  asked: readonly { parent: number | 'follow' | 'unknown' | null; body: EntryDraft['body'] }[],
): Promise<void> {
  const drafts = asked.map(({ parent, body }): EntryDraft => {
    if (parent === 'follow') return { body }
    if (parent === 'unknown') return { body, parentId: 'entry_unknown' }
    const found = parent === null ? undefined : session?.entries[parent % session.entries.length]
    return { body, runId: 'run_1', parentId: found?.id ?? null }
  })
  const outcome = await outcomeOf(store.append(claim, drafts))
  if (session?.claim !== claim) return expect(outcome).toEqual({ failed: 'stale_claim' })

  const calls = drafts.flatMap(({ body }) => (body.type === 'tool-intent' ? [body.call.id] : []))
  const repeated = calls.some((call, i) => session.started.has(call) || calls.indexOf(call) < i)
  const orphaned = drafts.some(({ parentId }) => parentId === 'entry_unknown')
  if (repeated || orphaned) {
    const allowed = [...(repeated ? ['call_started'] : []), ...(orphaned ? ['not_found'] : [])]
    return expect(allowed).toContain('failed' in outcome && outcome.failed)
  }
  if ('failed' in outcome) throw new Error(`append failed with ${String(outcome.failed)}`)
  let head = session.entries.at(-1)?.id ?? null
  for (const [i, { parentId = head, body, runId }] of drafts.entries()) {
    const stored = outcome.gave[i]
    expect(stored).toEqual({ id: stored?.id, at: stored?.at, parentId, body, ...(runId !== undefined && { runId }) })
    head = stored?.id ?? null
  }
  session.entries.push(...outcome.gave)
  for (const call of calls) session.started.add(call)
}

function newSession(title: string, entries: Entry[]): ModelSession {
  const calls = entries.flatMap(({ body }) => (body.type === 'tool-intent' ? [body.call.id] : []))
  return { title, entries, started: new Set(calls), claim: undefined, handle: undefined }
}

function letGo(model: Model, id: string, session: ModelSession): void {
  if (session.claim) model.stale.set(id, session.claim)
  session.claim = undefined
}

async function outcomeOf<Value>(work: Promise<Value>): Promise<{ gave: Value } | { failed: unknown }> {
  try {
    return { gave: await work }
  } catch (error) {
    return { failed: (error as { code?: unknown }).code ?? error }
  }
}
