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
}

/** How long a call may take that names no `timeout_ms`, in milliseconds. */
export const defaultTimeoutMs = 30_000
