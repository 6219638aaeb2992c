import type { IncomingMessage } from 'node:http'
import { vi } from 'vitest'
import {
  createGuardedClient,
  type GuardedClient,
  type GuardedClientOptions,
  type GuardedRequest,
} from '../../src/tools/http-request/guarded-client.ts'
import { createFakeNetwork } from './fake-network.ts'

/** One answer of the server; without a body of its own it holds the number of the request. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

/** A page behind the cache of a client, in a time that only {@link passSeconds} moves on. */
export interface CachedPage {
  readonly client: GuardedClient
  /** The requests that came through to the server. */
  readonly seen: readonly IncomingMessage[]
  ask(request?: Partial<GuardedRequest>): Promise<{
    cache: 'hit' | 'revalidated' | 'miss' | undefined
    status: number
    headers: Readonly<Record<string, string | string[]>>
    text: string
    attempts: number
  }>
  /** How each of the requests was answered. */
  askEach(...requests: readonly Partial<GuardedRequest>[]): Promise<(string | undefined)[]>
  close(): Promise<void>
}

export const cachedUrl = 'http://example.com/page'

/** Serves what `reply` says for each request, by its turn, at {@link cachedUrl} and everywhere else. */
export async function serveCached(
  reply: (request: IncomingMessage, turn: number) => Reply,
  options: GuardedClientOptions = {},
): Promise<CachedPage> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20) })
  const seen: IncomingMessage[] = []
  const network = await createFakeNetwork({
    names: { 'example.com': [['93.184.215.14']], 'www.example.org': [['93.184.216.34']] },
    respond(request, response) {
      seen.push(request)
      const { status = 200, headers = {}, body = `answer ${seen.length}` } = reply(request, seen.length)
      response.writeHead(status, { date: new Date().toUTCString(), ...headers }).end(status === 304 ? undefined : body)
    },
  })
  const client = createGuardedClient({ ...network.options, allow: 'example.com', ...options })
  const ask: CachedPage['ask'] = async (request = {}) => {
    const { cache, status, headers, body, attempts } = await client.request({ url: cachedUrl, ...request })
    return { cache, status, headers, text: body.bytes.toString(), attempts }
  }
  return {
    client,
    seen,
    ask,
    async askEach(...requests) {
      const how: (string | undefined)[] = []
      for (const request of requests) how.push((await ask(request)).cache)
      return how
    },
    async close() {
      vi.useRealTimers()
      await client.close()
      await network.close()
    },
  }
}

export function passSeconds(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1_000)
}
