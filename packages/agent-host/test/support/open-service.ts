import { pino } from 'pino'
import { loadSettings } from '../../src/config/load.ts'
import type { OptionName } from '../../src/config/options.ts'
import { openHost } from '../../src/host.ts'
import { readAccess } from '../../src/transports/http/access.ts'
import { createApp } from '../../src/transports/http/app.ts'

export interface OpenedService extends AsyncDisposable {
  /** Where the service listens, like `http://127.0.0.1:1234`. */
  url: string
}

/** The whole HTTP service on a free port, as `agent-host serve` has it. It keeps nothing, unless a data folder is given. */
export async function openService(
  flags: Partial<Record<OptionName, unknown>>,
  env: Record<string, string> = {},
): Promise<OpenedService> {
  const loaded = loadSettings({
    flags: { dataDir: ':memory:', ...flags, port: 0, logLevel: 'silent' },
    env: { ENV: 'testing', ...env },
  })
  const log = pino({ level: 'silent' })
  const host = await openHost(loaded, log)
  const access = readAccess(loaded.settings, loaded.settings.host)
  const app = await createApp(
    host,
    log,
    { ...loaded.settings, ...access, limiter: host.limiter },
    loaded.settings.maxBody,
  )
  const url = await app.listen({ host: loaded.settings.host, port: 0 })
  return {
    url,
    async [Symbol.asyncDispose]() {
      await app.close()
      await host.close()
    },
  }
}
