import { dirname, resolve } from 'node:path'
import type { HttpRequestOptions } from '../tools/http-request/run.ts'
import { readAuthorities, readClientCertificates } from './read-certificates.ts'
import { readProfiles } from './read-profiles.ts'
import type { Settings } from './table.ts'

/**
 * What the settings mean for `http_request`, with the secrets and files that they name; paths are taken from the config
 * file's folder on. Throws an `Error` that says which is missing.
 */
export async function toHttpOptions(settings: Settings, env: NodeJS.ProcessEnv): Promise<HttpRequestOptions> {
  const { allow, deny, nat64Prefixes, maxBytes, requestsPerSecond, roots, proxy, proxyAuth } = settings
  const folder = settings.config === undefined ? '.' : dirname(settings.config)
  const toPath = (path: string) => resolve(folder, path)
  const ca = await readAuthorities(settings, toPath)
  return {
    allow: allow.join(' '),
    deny: deny.join(' '),
    nat64Prefixes,
    uploadRoots: roots.upload.map(toPath),
    ...(roots.save !== undefined && { saveFolder: toPath(roots.save) }),
    profiles: await readProfiles(settings, env),
    clientCertificates: await readClientCertificates(settings, toPath, env),
    ...(ca !== undefined && { ca }),
    ...(proxy !== undefined && { proxy: { ...proxy, auth: proxyAuth } }),
    limits: {
      maxTimeoutMs: settings.maxTimeoutMs,
      maxWireBytes: maxBytes,
      maxBodyBytes: maxBytes,
      maxRequestBytes: settings.maxRequestBytes,
      maxAttempts: settings.maxAttempts,
      ...(requestsPerSecond !== undefined && { requestsPerSecond }),
      requestBurst: settings.requestBurst,
      connectionsPerHost: settings.connectionsPerHost,
      unlistedPerMinute: settings.unlistedPerMinute,
      maxCacheBytes: settings.maxCacheBytes,
    },
  }
}
