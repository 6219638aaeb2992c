/** Hard caps on one call, each kept whatever the server does. */
export interface HttpLimits {
  /** Longest a call may ask for, in milliseconds. Default 120,000. */
  readonly maxTimeoutMs: number
  /** Time to look up, connect and shake hands with one host, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs: number
  /** Bytes read from one connection, headers aside. Default 2,000,000. */
  readonly maxWireBytes: number
  /** Bytes of a body once unpacked. Default 2,000,000. */
  readonly maxBodyBytes: number
  /** Bytes of one response's headers. Default 16,384, which is all that undici's parser takes by default too. */
  readonly maxHeaderBytes: number
  /** Redirects followed in one call. Default 5. */
  readonly maxRedirects: number
  /** Bytes of a request body. Default 1,000,000. */
  readonly maxRequestBytes: number
  /** Characters of a URL; more could carry data away to a host that nobody listed. Default 2,048. */
  readonly maxUnlistedUrlLength: number
  /** How long a connection may wait for its next request, in milliseconds. Default 4,000. */
  readonly idleTimeoutMs: number
  /** How long a connection may take new requests, in milliseconds: its name may lead elsewhere by then. Default 60,000. */
  readonly maxConnectionAgeMs: number
  /** Connections that wait for a next request to the same host under the same rule. Default 16. */
  readonly maxIdlePerHost: number
  /** Connections that wait for a next request at all. Default 64. */
  readonly maxIdle: number
  /** Requests to one host at a time; more wait. Default 16. */
  readonly connectionsPerHost: number
  /** Requests at a time in all. Default 128. */
  readonly maxConnections: number
  /** Requests a second to one host, on average. Default: {@link unlistedPerSecond}, and any number where a rule lists it. */
  readonly requestsPerSecond?: number
  /** Requests a second to one host that no rule lists. Default 10. */
  readonly unlistedPerSecond: number
  /** Requests to one host at once, after a pause. Default 20. */
  readonly requestBurst: number
  /** Requests a minute to all hosts together that no rule lists. Default 600. */
  readonly unlistedPerMinute: number
  /** How often one request is sent at most. Default 3. */
  readonly maxAttempts: number
  /** Bytes of answers that are stored for later calls; 0 stores none. Default 16,000,000. */
  readonly maxCacheBytes: number
}

export const defaultLimits: HttpLimits = {
  maxTimeoutMs: 120_000,
  connectTimeoutMs: 10_000,
  maxWireBytes: 2_000_000,
  maxBodyBytes: 2_000_000,
  maxHeaderBytes: 16_384,
  maxRedirects: 5,
  maxRequestBytes: 1_000_000,
  maxUnlistedUrlLength: 2_048,
  idleTimeoutMs: 4_000,
  maxConnectionAgeMs: 60_000,
  maxIdlePerHost: 16,
  maxIdle: 64,
  connectionsPerHost: 16,
  maxConnections: 128,
  unlistedPerSecond: 10,
  requestBurst: 20,
  unlistedPerMinute: 600,
  maxAttempts: 3,
  maxCacheBytes: 16_000_000,
}

/** How long a call may take that names no `timeout_ms`, in milliseconds. */
export const defaultTimeoutMs = 30_000
