import type { AgentService } from '../agent/service.ts'
import type { Logger } from '../core/logger.ts'
import type { CallRules } from './call-gate.ts'
import type { ChatLog } from './chat-log/chat-log.ts'
import { withLiveTails } from './live-tails.ts'
import { recoverRuns } from './recover-runs.ts'
import { createRunManager, type RunManager } from './run-manager.ts'
import { openMemoryStores, type Stores } from './stores.ts'

export interface RuntimeOptions {
  service: Pick<AgentService, 'run'>
  stores: Stores
  rules: CallRules
  chatLog: ChatLog
  log: Logger
  /** Name of this process among those that share the stores. */
  owner: string
  /** How long a run can be read after its end, in milliseconds. */
  keepMs: number
  /** How long a run outlives the loss of its process before another may take it over, in milliseconds. */
  leaseMs: number
  /** Most runs at once, of each kind. */
  mostRuns: number
}

/** Where runs are driven and kept. */
export interface RunPlace<Kept extends Stores = Stores> {
  runs: RunManager
  stores: Kept
}

/** Where runs are driven of which nothing is left. */
export type PassingPlace = RunPlace<ReturnType<typeof openMemoryStores>>

/** Runs that are kept, and runs of which nothing is left once they are over and read. */
export interface Runtime {
  kept: RunPlace
  passing: PassingPlace
  /** Ends runs that other processes lost, from now on. */
  watch(): void
  /** Gives what runs this long to end, in milliseconds; then cancels it, and lets go of the stores. */
  close(graceMs?: number): Promise<void>
}

export function openRuntime({
  service,
  stores,
  rules,
  chatLog,
  log,
  owner,
  keepMs,
  leaseMs,
  mostRuns,
}: RuntimeOptions): Runtime {
  const place = <Kept extends Stores>(where: Kept): RunPlace<Kept> => ({
    stores: where,
    runs: createRunManager({ stores: where, run: service.run, log, rules, chatLog, owner, leaseMs, mostRuns }),
  })
  const kept = place({ ...stores, runs: withLiveTails(stores.runs) })
  const passing = place(openMemoryStores())
  let recovery: ReturnType<typeof recoverRuns> | undefined
  return {
    kept,
    passing,
    watch() {
      if (recovery) return
      const resume = kept.runs.start
      recovery = recoverRuns({ ...kept, resume, log, owner, leaseMs, everyMs: leaseMs / 3, keepMs })
      recovery.look().catch((error: unknown) => log.error({ err: error }, 'lost runs could not be looked for'))
    },
    async close(graceMs) {
      await Promise.all([kept.runs.close(graceMs), passing.runs.close(graceMs), recovery?.close()])
      await Promise.all([stores.close(), chatLog.close()])
    },
  }
}
