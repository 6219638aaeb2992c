import type { Settings } from './options.ts'
import { presets } from './presets.ts'

/**
 * Where the proxy's model server may be, best first: `PROXY_PRESET` with what `BACKEND_*` sets otherwise, else
 * `BACKEND_*` alone, else `VLLM_BASE_URL`, else http://localhost:8888.
 */
export function backendUrls(settings: Settings): [string, ...string[]] {
  const { preset, backendHost, backendPort, backendProtocol, baseUrl } = settings
  const named = [preset, backendHost, backendPort, backendProtocol].some((setting) => setting !== undefined)
  if (!named && baseUrl !== undefined) return [baseUrl]
  const { protocol, host, ports } = preset === undefined ? standard : presets[preset]
  const toUrl = (port: number): string => {
    const { origin } = new URL(`${backendProtocol ?? protocol}://${backendHost ?? host}:${port}`)
    return `${origin}/v1`
  }
  const [port, ...others] = backendPort === undefined ? ports : ([backendPort] as const)
  return [toUrl(port), ...others.map(toUrl)]
}

const standard = { protocol: 'http', host: 'localhost', ports: [8888] } as const
