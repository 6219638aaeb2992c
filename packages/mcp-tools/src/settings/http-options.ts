import type { HttpRequestOptions } from '../tools/http-request/run.ts'
import type { Settings } from './table.ts'

/** What the settings mean for `http_request`. */
export function toHttpOptions(settings: Settings): HttpRequestOptions {
  const { allow, deny, nat64Prefixes, maxBytes, requestsPerSecond, roots } = settings
  return {
    allow: allow.join(' '),
    deny: deny.join(' '),
    nat64Prefixes,
    uploadRoots: roots.upload,
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
