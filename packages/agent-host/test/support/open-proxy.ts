import { pino } from 'pino'
import { loadSettings } from '../../src/config/load.ts'
import type { OptionName } from '../../src/config/options.ts'
import { openProxy as openProxyHost } from '../../src/host.ts'
import { readAccess } from '../../src/transports/http/access.ts'
import { createProxyApp } from '../../src/transports/openai/app.ts'
import { type FakeModelServer, type FakeModelServerOptions, startFakeModelServer } from './fake-model-server.ts'

export interface OpenedProxy extends AsyncDisposable {
  fake: FakeModelServer
  /** Where the proxy listens, like `http://127.0.0.1:1234`. */
  url: string
  /** Its answer to a body, sent as it is where it is a string. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
}

/** The proxy as `agent-host proxy` has it, on a free port, in front of a fake model server. */
export async function openProxy(
  options: FakeModelServerOptions = {},
  flags: Partial<Record<OptionName, unknown>> = {},
): Promise<OpenedProxy> {
  const fake = await startFakeModelServer(options)
  const { settings, env } = loadSettings({ flags: { baseUrl: fake.url, ...flags }, env: { ENV: 'testing' } })
  const log = pino({ level: 'silent' })
  const proxy = await openProxyHost({ settings, env }, log)
  const { maxBody, proxyHost: host, allowedHosts, allowedOrigins } = settings
  const { keys } = readAccess(settings, host)
  const app = await createProxyApp({ proxy, maxBody }, log, { host, allowedHosts, allowedOrigins, keys })
  const url = await app.listen({ host, port: 0 })
  return {
    fake,
    url,
    post: (path, body, init = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    async [Symbol.asyncDispose]() {
      await app.close()
      await proxy.close()
      await fake.close()
    },
  }
}
