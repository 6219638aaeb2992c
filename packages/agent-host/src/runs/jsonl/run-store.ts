import { join } from 'node:path'
import { createKeyedQueue } from '../../core/keyed-queue.ts'
import { createNotifier } from '../../core/notifier.ts'
import { waitUntil } from '../../core/wait-until.ts'
import { createClaimFiles } from '../../files/claim-files.ts'
import type { DataFolder } from '../../files/data-folder.ts'
import { hasEnded } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { createRunFiles } from './run-files.ts'
import { createRunLife } from './run-life.ts'
import { createRunLog } from './run-log.ts'
import { findRun, type RunParts } from './run-parts.ts'

export interface JsonlRunStore extends RunStore {
  /** Lets go of its files. */
  close(): Promise<void>
}

/** Another process tells nobody that it wants a run cancelled. */
const lookForCancelMs = 250

/** Keeps each run's events in a file of its own. Processes of one machine may share the folder. */
export function createJsonlRunStore(data: DataFolder): JsonlRunStore {
  const parts: RunParts = {
    files: createRunFiles(data),
    claims: createClaimFiles({ ...data, folder: join(data.path, 'runs', 'claims') }),
    queue: createKeyedQueue(),
    notifier: createNotifier(),
    cancels: createNotifier(),
    log: data.log,
    writers: new Map(),
  }
  const { files, cancels, queue, writers } = parts
  return {
    ...createRunLife(parts),
    ...createRunLog(parts),
    async requestCancel(id) {
      if (hasEnded(await findRun(parts, id))) return
      await files.addCancel(id)
      cancels.notify(id)
    },
    async cancelRequested(id, signal) {
      const asked = await waitUntil(cancels, id, signal, async () => {
        const run = await findRun(parts, id)
        const value = hasEnded(run) ? run.cancelRequested : await files.hasCancel(id)
        return value || hasEnded(run) ? { found: true, value } : { found: false, lookAgainInMs: lookForCancelMs }
      })
      return asked ?? false
    },
    async close() {
      await queue.idle()
      await Promise.all([...writers.values()].map((writer) => writer.close()))
      writers.clear()
    },
  }
}
