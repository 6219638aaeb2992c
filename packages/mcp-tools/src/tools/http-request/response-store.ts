import type CachePolicy from 'http-cache-semantics'
import type { ExchangeResult } from './exchange.ts'

/** An answer that was stored, with the rules it may be used again by. */
export interface StoredResponse {
  readonly policy: CachePolicy
  readonly result: ExchangeResult
  /** The request headers that chose this answer among others of the URL (Vary), as text. */
  readonly variant: string
}

/** Answers in memory; those used least recently go when there are too many bytes. */
export interface ResponseStore {
  /** The stored answers to requests of this key, the one used last first. */
  find(key: string): readonly StoredResponse[]
  /** Stores an answer in place of an older one of the same variant. */
  put(key: string, url: string, response: StoredResponse): void
  /** Forgets every answer from `url`, whoever it was for. */
  forget(url: string): void
}

interface Entry {
  readonly url: string
  readonly responses: readonly StoredResponse[]
  readonly bytes: number
}

/** What an entry takes beside its body and headers, roughly. */
const entryOverhead = 500

/** Answers to one key; a server that varies by everything would fill the store with one page. */
const maxVariants = 8

export function createResponseStore(maxBytes: number): ResponseStore {
  // In the order of use: the first is the one to go.
  const entries = new Map<string, Entry>()
  let bytes = 0
  const remove = (key: string) => {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  return {
    find(key) {
      const entry = entries.get(key)
      if (entry === undefined) return []
      entries.delete(key)
      entries.set(key, entry)
      return entry.responses
    },
    put(key, url, response) {
      const others = entries.get(key)?.responses.filter(({ variant }) => variant !== response.variant) ?? []
      const responses = [response, ...others].slice(0, maxVariants)
      const size = responses.reduce((sum, each) => sum + toSize(each), key.length + url.length)
      remove(key)
      entries.set(key, { url, responses, bytes: size })
      bytes += size
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break
        remove(oldest)
      }
    },
    forget(url) {
      for (const [key, entry] of entries) if (entry.url === url) remove(key)
    },
  }
}

function toSize({ result, variant }: StoredResponse): number {
  return result.body.bytes.length + JSON.stringify(result.headers).length + variant.length + entryOverhead
}
