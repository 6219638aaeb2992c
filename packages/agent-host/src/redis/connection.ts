import type { RedisClientType } from 'redis'
import { z } from 'zod'
import { HostError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { Notifier } from '../core/notifier.ts'
import { createRedisChanges } from './changes.ts'
import type { Script } from './script.ts'

export type RedisClient = RedisClientType

export interface RedisOptions {
  /** `redis://` or `rediss://`, as `REDIS_URL` has it; it may hold a password. */
  url: string
  /** Begins every key and channel, so that several deployments may share one Redis. */
  prefix: string
  log: Logger
}

/** Two connections to one Redis: for commands, and for what it tells by itself. */
export interface Redis {
  prefix: string
  /** What others have changed, by key: scripts publish the key of what they change. */
  changes: Notifier
  /** @throws HostError `store_unavailable` where Redis does not answer in time, `store_failed` where it refuses. */
  call<Value>(work: (client: RedisClient) => Promise<Value>): Promise<Value>
  /** Runs a script as one step. @throws as `call` does. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<string[]>
  close(): Promise<void>
}

/** A command that has no answer by then has failed, in milliseconds. */
const answerWithinMs = 5000
const slowestRetryMs = 2000

const reply = z.array(z.string())

/**
 * Connects, and goes on connecting for as long as it is open. The library is loaded here, for those who use Redis.
 *
 * @throws HostError `store_unavailable` where there is no Redis at first.
 */
export async function openRedis({ url, prefix, log }: RedisOptions): Promise<Redis> {
  const { createClient } = await import('redis')
  let closed = false
  let reached = false
  const socket = {
    connectTimeout: answerWithinMs,
    // Once it was there it will be there again; at first it is more likely that the address is wrong.
    reconnectStrategy: (retries: number) => reached && !closed && Math.min(50 * 2 ** retries, slowestRetryMs),
  }
  const client: RedisClient = createClient({ url, socket, RESP: 2 }) as unknown as RedisClient
  const listener = client.duplicate()
  for (const each of [client, listener]) {
    each.on('error', (error: unknown) => log.warn({ err: error }, 'the connection to Redis failed'))
  }
  const redis: Redis = {
    prefix,
    changes: createRedisChanges(listener, log),
    call: (work) => answered(work(client)),
    run: (script, keys, args) => redis.call((connected) => runScript(connected, script, keys, args)),
    async close() {
      closed = true
      client.destroy()
      listener.destroy()
    },
  }
  try {
    await Promise.all([answered(client.connect()), answered(listener.connect())])
  } catch (error) {
    for (const each of [client, listener]) if (each.isOpen) each.destroy()
    throw error
  }
  reached = true
  return redis
}

async function runScript(
  client: RedisClient,
  { sha, text }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<string[]> {
  const options = { keys: [...keys], arguments: args.map(String) }
  try {
    return reply.parse(await client.evalSha(sha, options))
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return reply.parse(await client.eval(text, options))
  }
}

/** A Redis that hangs is one that is not there. */
async function answered<Value>(work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(unavailable(`no answer in ${answerWithinMs / 1000} s`)), answerWithinMs)
  try {
    return await Promise.race([work, late.promise])
  } catch (error) {
    throw toStoreError(error)
  } finally {
    clearTimeout(timer)
  }
}

function toStoreError(error: unknown): Error {
  if (error instanceof HostError || error instanceof z.ZodError) return error
  const message = error instanceof Error ? error.message : ''
  // Replies that are errors begin with a word in capitals; what follows may hold keys.
  const [word] = /^[A-Z]{2,}(?= )/.exec(message) ?? []
  if (word !== undefined) {
    return new HostError('store_failed', `Redis refused a command (${word}); its log says why.`, { cause: error })
  }
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  return unavailable(String(code ?? name), error)
}

function unavailable(why: string, cause?: unknown): HostError {
  return new HostError('store_unavailable', `Redis cannot be reached (${why}). Try again in a moment.`, { cause })
}
