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

/** The whole HTTP service on a free port, as `agent-host serve` has it. */
export async function openService(flags: Partial<Record<OptionName, unknown>>): Promise<OpenedService> {
  const loaded = loadSettings({ flags: { ...flags, port: 0, logLevel: 'silent' }, env: { ENV: 'testing' } })
  const log = pino({ level: 'silent' })
  const { service, proxy, responses } = await openHost(loaded, log)
  const access = readAccess(loaded.settings, loaded.settings.host)
  const app = await createApp(
    service,
    log,
    { ...loaded.settings, ...access },
    { proxy, responses, maxBody: loaded.settings.maxBody },
  )
  const url = await app.listen({ host: loaded.settings.host, port: 0 })
  return {
    url,
    async [Symbol.asyncDispose]() {
      await app.close()
      await service.close()
    },
  }
}
