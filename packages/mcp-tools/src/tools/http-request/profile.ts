/** A secret of the operator, the one origin that is sent it, and how. The model knows its name, nothing else. */
export interface Profile {
  readonly name: string
  /** Exactly scheme, host and port, as `URL.origin` has them. */
  readonly origin: string
  /** Absent only for a profile that is nothing but a cookie jar. */
  readonly secret?: string | undefined
  /** Sends the secret as this header. */
  readonly header?: string | undefined
  /** Sends it as this query parameter. */
  readonly query?: string | undefined
  /** Sends it as the password of this user; `true` where the secret is `user:password`. */
  readonly basic?: string | true | undefined
  /** Sends it as a bearer token (RFC 6750). */
  readonly bearer?: true | undefined
  /** Whether cookies that the origin sets are kept, and sent back to it. Default: no. */
  readonly cookies?: boolean | undefined
}

/** What a call names that wants none. */
export const noProfile = 'none'

/** The header that carries the profile's secret, its name in lower case. */
export function toSecretHeader({ secret, header, basic, bearer }: Profile): readonly [string, string] | undefined {
  if (secret === undefined) return undefined
  if (header !== undefined) return [header.toLowerCase(), toHeaderText(secret)]
  if (bearer === true) return ['authorization', `Bearer ${toHeaderText(secret)}`]
  if (basic !== undefined) return ['authorization', `Basic ${toBase64(toUserPassword(basic, secret))}`]
  return undefined
}

/** Everything that must not be seen of the profile. */
export function toHiddenTexts({ secret, basic }: Pick<Profile, 'secret' | 'basic'>): readonly string[] {
  if (secret === undefined) return []
  if (basic === undefined) return [secret]
  const both = toUserPassword(basic, secret)
  return [both, toBase64(both), both.slice(both.indexOf(':') + 1)]
}

/** `url` with the profile's secret as its query parameter, in place of one that a redirect may have brought back. */
export function withSecretQuery(url: URL, { secret, query }: Profile): URL {
  if (secret === undefined || query === undefined) return url
  const sent = new URL(url)
  const others = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !new URLSearchParams(part).has(query))
  sent.search = [...others, `${encodeURIComponent(query)}=${encodeURIComponent(secret)}`].join('&')
  return sent
}

function toUserPassword(basic: string | true, secret: string): string {
  return basic === true ? secret : `${basic}:${secret}`
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Headers are written a byte for each character. */
function toHeaderText(text: string): string {
  return Buffer.from(text).toString('latin1')
}
