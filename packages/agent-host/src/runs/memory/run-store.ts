import type { AgentEvent } from '../../core/events.ts'
import { createNotifier, type Notifier } from '../../core/notifier.ts'
import { waitUntil } from '../../core/wait-until.ts'
import { type Claim, inFuture, staleClaim } from '../../sessions/claim.ts'
import { checkId } from '../../sessions/session.ts'
import { followRun } from '../follow-run.ts'
import { newEvents } from '../new-events.ts'
import { hasEnded, noRun, type Run, runExists } from '../run.ts'
import type { NewRun, RunStore } from '../run-store.ts'

interface Kept {
  run: Run
  token: number
  events: AgentEvent[]
  /** Who follows it now. */
  followers: number
  /** The number of the last event that a follower was given. */
  followedTo: number
  /** Goes as soon as nobody needs it any more. */
  passes: boolean
}

export interface MemoryRunStore extends RunStore {
  /**
   * Says that nobody but those who follow the run needs it any more: it is removed once it was followed to its end and
   * nobody follows it.
   */
  letPass(id: string): void
}

type KeptRuns = Map<string, Kept>

/** Keeps runs for as long as the process lives. */
export function createMemoryRunStore(): MemoryRunStore {
  const runs: KeptRuns = new Map()
  const notifier = createNotifier()
  return {
    ...runLife(runs, notifier),
    ...runLog(runs, notifier),
    letPass(id) {
      const found = runs.get(id)
      if (!found) return
      found.passes = true
      removeIfPassed(runs, found)
    },
    async requestCancel(id) {
      const { run } = find(runs, id)
      if (!hasEnded(run)) run.cancelRequested = true
      notifier.notify(id)
    },
    async cancelRequested(id, signal) {
      const asked = await waitUntil(notifier, id, signal, async () => {
        const { run } = find(runs, id)
        return { found: run.cancelRequested || hasEnded(run), value: run.cancelRequested }
      })
      return asked ?? false
    },
  }
}

type Life = 'create' | 'get' | 'start' | 'end' | 'renew' | 'takeOver' | 'lost' | 'removeEnded'

function runLife(runs: KeptRuns, notifier: Notifier): Pick<RunStore, Life> {
  return {
    async create(options) {
      checkId(options.id)
      if (runs.has(options.id)) throw runExists(options.id)
      const added = { run: toRun(options), token: 1, events: [], followers: 0, followedTo: 0, passes: false }
      runs.set(options.id, added)
      return claimOf(added)
    },
    async get(id) {
      checkId(id)
      const found = runs.get(id)
      return found && { ...found.run }
    },
    async start(claim, model) {
      Object.assign(held(runs, claim).run, { state: 'running', model, startedAt: new Date().toISOString() })
    },
    async end(claim, state, error) {
      const { run } = held(runs, claim)
      Object.assign(run, { state, endedAt: new Date().toISOString(), ...(error && { error }) })
      notifier.notify(claim.id)
    },
    async renew(claim, ttlMs) {
      const found = held(runs, claim)
      found.run.expiresAt = inFuture(ttlMs)
      return claimOf(found)
    },
    async takeOver(id, owner, ttlMs) {
      const found = find(runs, id)
      if (!isLost(found.run)) return undefined
      found.token++
      Object.assign(found.run, { owner, expiresAt: inFuture(ttlMs) })
      return claimOf(found)
    },
    async lost() {
      return [...runs.values()].filter(({ run }) => isLost(run)).map(({ run }) => ({ ...run }))
    },
    async removeEnded(before) {
      const old = [...runs.keys()].filter((id) => Date.parse(runs.get(id)?.run.endedAt ?? '') < before.getTime())
      for (const id of old) runs.delete(id)
      return old.length
    },
  }
}

function runLog(runs: KeptRuns, notifier: Notifier): Pick<RunStore, 'append' | 'read' | 'follow'> {
  const read: RunStore['read'] = async (id, after, limit) => {
    const { run, events } = find(runs, id)
    const page = events.slice(after, after + limit).map((event, i) => ({ sequence: after + i + 1, event }))
    return { events: page, ended: hasEnded(run) }
  }
  return {
    read,
    async append(claim, from, events) {
      const { run, events: log } = held(runs, claim)
      log.push(...newEvents(claim.id, run.lastSequence, from, events))
      run.lastSequence = log.length
      notifier.notify(claim.id)
    },
    async *follow(id, after, signal) {
      const followed = find(runs, id)
      const log = {
        read: (at: number, limit: number) => read(id, at, limit),
        subscribe: () => notifier.subscribe(id, signal),
      }
      followed.followers++
      try {
        for await (const each of followRun(log, after, signal)) {
          followed.followedTo = Math.max(followed.followedTo, each.sequence)
          yield each
        }
      } finally {
        followed.followers--
        removeIfPassed(runs, followed)
      }
    },
  }
}

function removeIfPassed(runs: KeptRuns, { run, passes, followers, followedTo }: Kept): void {
  if (passes && followers === 0 && hasEnded(run) && followedTo >= run.lastSequence) runs.delete(run.id)
}

function find(runs: KeptRuns, id: string): Kept {
  checkId(id)
  const found = runs.get(id)
  if (!found) throw noRun(id)
  return found
}

/** The run that the claim is good for. */
function held(runs: KeptRuns, claim: Claim): Kept {
  const found = runs.get(claim.id)
  if (!found || found.token !== claim.token || hasEnded(found.run) || isLost(found.run)) throw staleClaim(claim)
  return found
}

function toRun({ id, sessionId, endpoint, owner, ttlMs }: NewRun): Run {
  const times = { expiresAt: inFuture(ttlMs), createdAt: new Date().toISOString() }
  return { id, sessionId, endpoint, state: 'queued', owner, ...times, lastSequence: 0, cancelRequested: false }
}

function isLost(run: Run): boolean {
  return !hasEnded(run) && Date.parse(run.expiresAt) <= Date.now()
}

function claimOf({ run, token }: Kept): Claim {
  return { id: run.id, owner: run.owner, token, expiresAt: run.expiresAt }
}
