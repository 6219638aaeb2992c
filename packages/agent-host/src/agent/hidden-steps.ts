import type { Message } from '../core/message.ts'

/** What a run said and did up to the calls that it left to its client, who saw only a part of it. */
export interface HiddenSteps {
  /** The calls that the client was shown: the id it knows each by, and the model's own. */
  calls: readonly (readonly [shown: string, own: string])[]
  /** Every message of the run, in order. */
  messages: readonly Message[]
}

/**
 * Keeps {@link HiddenSteps} until the client comes back with its results. Whoever knows the id of a call gets the steps,
 * so that these ids cannot be guessed.
 */
export interface HiddenStepStore {
  put(steps: HiddenSteps): Promise<void>
  /** The steps that showed this call; `undefined` where they are not kept, or not any more. */
  get(shownId: string): Promise<HiddenSteps | undefined>
}

export interface MemoryStepOptions {
  /** How long steps are kept after they were last asked for, in milliseconds. Default: an hour. */
  keepMs?: number
  /** Most characters of all of them together, as JSON. Default: 64 Mi. */
  most?: number
  /** In milliseconds. */
  now?: () => number
}

interface Kept {
  ids: readonly string[]
  text: string
  until: number
}

/** Keeps them in this process; those that were not asked for longest go first. */
export function createMemoryStepStore(options: MemoryStepOptions = {}): HiddenStepStore {
  const { keepMs = 3_600_000, most = 64 * 1024 * 1024, now = Date.now } = options
  const byCall = new Map<string, Kept>()
  // In the order in which they go.
  const all = new Set<Kept>()
  let size = 0

  function drop(kept: Kept): void {
    all.delete(kept)
    for (const id of kept.ids) byCall.delete(id)
    size -= kept.text.length
  }

  return {
    async put(steps) {
      const kept: Kept = {
        ids: steps.calls.map(([shown]) => shown),
        text: JSON.stringify(steps),
        until: now() + keepMs,
      }
      all.add(kept)
      for (const id of kept.ids) byCall.set(id, kept)
      size += kept.text.length
      for (const oldest of all) {
        if (size <= most && oldest.until > now()) return
        drop(oldest)
      }
    },
    async get(shownId) {
      const kept = byCall.get(shownId)
      if (!kept) return undefined
      if (kept.until <= now()) {
        drop(kept)
        return undefined
      }
      kept.until = now() + keepMs
      all.delete(kept)
      all.add(kept)
      return JSON.parse(kept.text) as HiddenSteps
    },
  }
}
