import type { GuardedClientOptions } from '../tools/http-request/guarded-client.ts'
import type { Settings } from './table.ts'

/** What the settings mean for `http_request`. */
export function toHttpOptions({ allow, deny, maxTimeoutMs, maxBytes, nat64Prefixes }: Settings): GuardedClientOptions {
  return {
    allow: allow.join(' '),
    deny: deny.join(' '),
    nat64Prefixes,
    limits: { maxTimeoutMs, maxWireBytes: maxBytes, maxBodyBytes: maxBytes },
  }
}
