import { fileURLToPath } from 'node:url'
import type { Piscina } from 'piscina'
import type * as jobs from './aside-worker.ts'

type Jobs = typeof jobs
type Job<Name extends keyof Jobs> = Parameters<Jobs[Name]>[0]
type Result<Name extends keyof Jobs> = Awaited<ReturnType<Jobs[Name]>>

/** Work on what a server or a model wrote, done in threads so that it can be stopped and holds up nobody else. */
export interface Aside {
  /**
   * Undefined where it took too long or too much memory, or failed. Rejects with the signal's reason once it aborts.
   */
  run<Name extends keyof Jobs>(name: Name, job: Job<Name>, signal: AbortSignal): Promise<Result<Name> | undefined>
  /** Ends the threads; idle ones end themselves after a while, and keep no program running. */
  close(): Promise<void>
}

/** How long one piece of work may take, waiting for its turn included, in milliseconds. */
const longestJobMs = 5_000

/** After how long a thread that nobody needs ends, in milliseconds. */
const idleMs = 30_000

const mostThreads = 2
const mostMegabytes = 256
const mostWaiting = 256

// The file beside this one, from the sources as in the build.
const worker = new URL(import.meta.url.endsWith('.ts') ? './aside-worker.ts' : './aside-worker.js', import.meta.url)

/** An {@link Aside} whose threads start when first needed. */
export function createAside(): Aside {
  let pool: Promise<Piscina> | undefined
  return {
    async run<Name extends keyof Jobs>(
      name: Name,
      job: Job<Name>,
      signal: AbortSignal,
    ): Promise<Result<Name> | undefined> {
      pool ??= startPool()
      const limit = AbortSignal.any([signal, AbortSignal.timeout(longestJobMs)])
      try {
        const threads = await pool
        return (await threads.run(job, { name, signal: limit })) as Result<Name>
      } catch {
        signal.throwIfAborted()
        return undefined
      }
    },
    async close() {
      await (await pool)?.destroy()
    },
  }
}

async function startPool(): Promise<Piscina> {
  const { Piscina: Pool } = await import('piscina')
  const pool = new Pool({
    filename: fileURLToPath(worker),
    minThreads: 0,
    maxThreads: mostThreads,
    maxQueue: mostWaiting,
    idleTimeout: idleMs,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  })
  // Of a thread that ran out of memory while it was being stopped: whoever waited for it has been told already.
  pool.on('error', () => undefined)
  return pool
}
