import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { type Claim, claimWhenFree } from '../../src/sessions/claim.ts'
import { pathTo } from '../../src/sessions/entry.ts'
import type { SessionStore } from '../../src/sessions/session-store.ts'
import { expectAll } from './expect-all.ts'
import { intentDraft, messageDraft } from './drafts.ts'
import { anyCommands, checkAgainstModel, contentsOf } from './store-model.ts'

/** A store, opened once or, where processes share it, several times over the same data. */
export interface OpenSessions {
  /** At least one. */
  handles: readonly SessionStore[]
  close(): Promise<void>
}

const ttlMs = 60_000

/** What every session store does. `numRuns`: how many random histories are tried. */
export function testSessionStore(name: string, open: () => Promise<OpenSessions>, numRuns: number): void {
  let opened: OpenSessions | undefined
  /** The first handle and the last, which are the same on a store that processes cannot share. */
  async function openTwo(): Promise<[SessionStore, SessionStore]> {
    opened = await open()
    const [first] = opened.handles
    const last = opened.handles.at(-1)
    if (!first || !last) throw new Error('no store was opened')
    return [first, last]
  }
  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  test(`${name}: any history of operations gives what the model says, whichever handle is used`, async () => {
    await fc.assert(
      fc.asyncProperty(anyCommands, async (commands) => {
        const { handles, close } = await open()
        try {
          const expected = await checkAgainstModel(handles, commands)
          for (const store of handles) expect(await contentsOf(store)).toEqual(expected)
        } finally {
          await close()
        }
      }),
      { numRuns },
    )
  })

  test(`${name}: of several who claim at once, one gets it and the others learn whom to wait for`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create()
    const attempts = await Promise.all([0, 1, 2, 3].map((n) => (n % 2 ? one : other).claim(id, `run_${n}`, ttlMs)))
    const [winner, ...more] = attempts.filter((attempt) => attempt.claimed)
    expect(more).toEqual([])
    expect(winner).toBeDefined()
    const losers = attempts.filter((attempt) => !attempt.claimed)
    expect(losers).toHaveLength(3)
    for (const loser of losers) {
      expect(loser.owner).toBe(winner?.claim.owner)
      expect(Date.parse(loser.expiresAt)).toBeGreaterThan(Date.now())
    }
  })

  test(`${name}: who waits for a session gets it when it is released`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create()
    const first = await claimWhenFree(one, id, 'run_1', { ttlMs, signal: AbortSignal.timeout(ttlMs) })
    const waitAndRelease = async (store: SessionStore, owner: string): Promise<number> => {
      const claim = await claimWhenFree(store, id, owner, { ttlMs, signal: AbortSignal.timeout(ttlMs) })
      await store.append(claim, [messageDraft(owner)])
      await store.release(claim)
      return claim.token
    }
    const waiting = [waitAndRelease(other, 'run_2'), waitAndRelease(one, 'run_3')]
    await one.append(first, [messageDraft('first')])
    await one.release(first)
    const tokens = [first.token, ...(await Promise.all(waiting))]
    expect(new Set(tokens).size).toBe(3)
    expect(tokens[0]).toBe(Math.min(...tokens))
  })

  test(`${name}: waiting ends at the abort`, async () => {
    const [one] = await openTwo()
    const { id } = await one.create()
    await one.claim(id, 'run_1', ttlMs)
    const abort = new AbortController()
    const waiting = claimWhenFree(one, id, 'run_2', { ttlMs, signal: abort.signal })
    abort.abort(new Error('no longer wanted'))
    await expect(waiting).rejects.toThrow('no longer wanted')
  })

  test(`${name}: a claim that expired is refused, and another takes over with a higher token`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create()
    const first = await claimed(one, id)
    await one.append(first, [messageDraft('in time')])
    const old = await one.renew(first, 20)
    await other.released(id)
    await expectStale(one, old)

    const taken = await claimed(other, id)
    expect(taken.token).toBeGreaterThan(old.token)
    await expectStale(one, old)
    await one.release(old)
    await other.append(taken, [messageDraft('after the takeover')])
    expect(await one.entries(id)).toHaveLength(2)
  })

  test(`${name}: renewing keeps a claim beyond its first time`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create()
    const first = await claimed(one, id)
    const renewed = await one.renew(first, 2 * ttlMs)
    expect(renewed).toMatchObject({ id, owner: 'run_1', token: first.token })
    expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.parse(first.expiresAt))
    expect(await other.claim(id, 'run_2', ttlMs)).toEqual({
      claimed: false,
      owner: 'run_1',
      expiresAt: renewed.expiresAt,
    })
    await one.append(renewed, [messageDraft('still mine')])
  })

  test(`${name}: a session that was deleted and made again does not honour an old claim`, async () => {
    const [one, other] = await openTwo()
    await one.create({ id: 'again' })
    const old = await claimed(one, 'again')
    await one.release(old)
    await other.delete('again')
    await other.create({ id: 'again' })
    const { owner, token } = await claimed(other, 'again')
    expect({ owner, token }).not.toEqual({ owner: old.owner, token: old.token })
    await expectStale(one, old)
  })

  test(`${name}: a call starts once, also for whoever takes over, and nothing of a refused append is kept`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create()
    const first = await claimed(one, id)
    await one.append(first, [intentDraft('call_1'), intentDraft('call_1', 'msg_2')])
    await one.release(first)
    const second = await claimed(other, id)
    const again = other.append(second, [messageDraft('before it'), intentDraft('call_1'), messageDraft('after it')])
    await expect(again).rejects.toMatchObject({ code: 'call_started', message: expect.stringContaining('call_1') })
    const twice = other.append(second, [intentDraft('call_2'), intentDraft('call_2')])
    await expect(twice).rejects.toMatchObject({ code: 'call_started' })
    expect(await one.entries(id)).toHaveLength(2)
    await other.append(second, [intentDraft('call_2')])
  })

  test(`${name}: appends that are made at once keep their order`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create()
    const claim = await claimed(one, id)
    const texts = Array.from({ length: 30 }, (_, i) => `message ${i}`)
    const stored = await Promise.all(texts.map((text) => one.append(claim, [messageDraft(text)])))
    const entries = await other.entries(id)
    expect(entries).toEqual(stored.flat())
    expect(pathTo(entries)).toEqual(entries)
  })

  test(`${name}: a fork and its source live and die on their own`, async () => {
    const [one, other] = await openTwo()
    const { id } = await one.create({ title: 'source' })
    const claim = await claimed(one, id)
    const [root, left] = await one.append(claim, [messageDraft('root'), messageDraft('left'), intentDraft('call_1')])
    if (!root || !left) throw new Error('nothing was stored')
    await one.append(claim, [messageDraft('right', root.id)])

    const fork = await other.fork(id, left.id, { title: 'fork' })
    expect(fork).toMatchObject({ title: 'fork', forkedFrom: { sessionId: id, entryId: left.id } })
    const forked = await claimed(one, fork.id)
    // The intent came after the fork's entry, so that it is the source's alone.
    await one.append(forked, [intentDraft('call_1')])
    await one.release(claim)
    await one.delete(id)
    const entries = await other.entries(fork.id)
    expect(entries.slice(0, 2)).toEqual([root, left])
    expect(pathTo(entries)).toHaveLength(3)
    await one.release(forked)
  })

  test(`${name}: pages list every session once, the last updated first`, async () => {
    const [one, other] = await openTwo()
    for (let i = 0; i < 7; i++) await (i % 2 ? one : other).create({ id: `session-${i}`, title: `title ${i}` })
    const claim = await claimed(one, 'session-2')
    await one.append(claim, [messageDraft('hi')])
    const seen = []
    let cursor: string | undefined
    do {
      const page = await other.list({ limit: 3, cursor })
      seen.push(...page.sessions)
      cursor = page.cursor
    } while (cursor !== undefined)
    const times = seen.map(({ updatedAt }) => updatedAt)
    expect(times).toEqual(times.toSorted().toReversed())
    expect(seen.map(({ id, title }) => `${id}: ${title}`).toSorted()).toEqual(
      Array.from({ length: 7 }, (_, i) => `session-${i}: title ${i}`),
    )
    expect(times[0]).toBe((await one.get('session-2'))?.updatedAt)
    await expect(one.list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test(`${name}: ids that could reach other files or keys are refused everywhere`, async () => {
    const [one] = await openTwo()
    for (const id of ['', '.', '..', '../x', 'a/b', 'a\\b', 'a\u0000', 'a b', 'é', 'x'.repeat(101), '*']) {
      const attempts = [
        one.create({ id }),
        one.get(id),
        one.change(id, {}),
        one.delete(id),
        one.fork(id, 'entry_1'),
        one.entries(id),
        one.claim(id, 'run_1', ttlMs),
        one.released(id),
      ]
      await expectAll(attempts, 'invalid_request')
    }
    await one.create({ id: 'x'.repeat(100) })
    for (const id of ['Aa', 'aA', 'aa', 'AA', '-', '_', 'con']) await one.create({ id })
    expect((await one.list()).sessions).toHaveLength(8)
  })

  test(`${name}: what is not there is said to be not there`, async () => {
    const [one] = await openTwo()
    const { id } = await one.create()
    expect(await one.get('nobody')).toBeUndefined()
    const attempts = [
      one.change('nobody', { title: 'x' }),
      one.delete('nobody'),
      one.fork('nobody', 'entry_1'),
      one.fork(id, 'entry_1'),
      one.entries('nobody'),
      one.claim('nobody', 'run_1', ttlMs),
      one.released('nobody'),
    ]
    await expectAll(attempts, 'not_found')
  })
}

async function claimed(store: SessionStore, id: string): Promise<Claim> {
  const attempt = await store.claim(id, 'run_1', ttlMs)
  if (!attempt.claimed) throw new Error(`the session is held by ${attempt.owner}`)
  return attempt.claim
}

async function expectStale(store: SessionStore, claim: Claim): Promise<void> {
  await expect(store.append(claim, [messageDraft('too late')])).rejects.toMatchObject({ code: 'stale_claim' })
  await expect(store.append(claim, [intentDraft('call_late')])).rejects.toMatchObject({ code: 'stale_claim' })
  await expect(store.renew(claim, ttlMs)).rejects.toMatchObject({ code: 'stale_claim' })
}
