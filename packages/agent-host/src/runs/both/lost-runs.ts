import { HostError } from '../../core/errors.ts'
import { noRun, type Run } from '../run.ts'
import type { RunStore } from '../run-store.ts'

/** @throws HostError `not_found`. */
export async function findRun({ get }: Pick<RunStore, 'get'>, id: string): Promise<Run> {
  const run = await get(id)
  if (!run) throw noRun(id)
  return run
}

/** What Redis gives of a run; `undefined` where it has no such run, which PostgreSQL may still have. */
export async function unlessGone<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof HostError && error.code === 'not_found') return undefined
    throw error
  }
}
