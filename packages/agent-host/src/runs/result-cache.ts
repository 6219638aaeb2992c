import type { CatalogTool } from '../catalog/catalog.ts'
import type { ToolOutcome } from '../core/events.ts'

/** Keeps results of tools for a while, so that what was looked up a minute ago is not looked up again. */
export interface ResultCache {
  get(key: string): Promise<ToolOutcome | undefined>
  set(key: string, outcome: ToolOutcome, ttlMs: number): Promise<void>
}

/** Keeps them in this process: at most `most`, the oldest go first. `now` is in milliseconds. */
export function createMemoryResultCache(most = 1000, now: () => number = Date.now): ResultCache {
  const kept = new Map<string, { outcome: ToolOutcome; until: number }>()
  return {
    async get(key) {
      const found = kept.get(key)
      if (found && found.until > now()) return structuredClone(found.outcome)
      kept.delete(key)
      return undefined
    },
    async set(key, outcome, ttlMs) {
      kept.delete(key)
      kept.set(key, { outcome: structuredClone(outcome), until: now() + ttlMs })
      for (const oldest of kept.keys()) {
        if (kept.size <= most) return
        kept.delete(oldest)
      }
    },
  }
}

/** The same for calls of one tool that mean the same, however their arguments are written. */
export function toCacheKey({ server, remoteName }: CatalogTool, args: string): string {
  return JSON.stringify([server, remoteName, canonical(JSON.parse(args))])
}

/** Arguments with their keys in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]))
}
