import { loadSettings } from '../../../src/config/load.ts'
import { openStores } from '../../../src/open-stores.ts'
import type { Stores } from '../../../src/runs/stores.ts'
import { createQuietLog } from '../quiet-log.ts'

/** Where a process keeps what it has, as agent-host reads it: DATA_DIR, REDIS_URL, DATABASE_URL. */
export type StoresEnvironment = Record<string, string>

/** The stores that this environment names. */
export async function openByEnvironment(
  env: StoresEnvironment | NodeJS.ProcessEnv,
  log = createQuietLog(),
): Promise<Stores> {
  const { DATA_DIR, REDIS_URL, DATABASE_URL } = env
  const named = Object.entries({ DATA_DIR, REDIS_URL, DATABASE_URL }).filter(([, value]) => value !== undefined)
  const { settings } = loadSettings({ env: Object.fromEntries(named), folder: '/' })
  return (await openStores(settings, log)).stores
}
