/**
 * Every code a tool may answer with, each with the one line that documents it.
 *
 * The list is closed: a caller may switch over it. `blocked_*` is what policy refuses (asking again will not help),
 * `invalid_*` is bad input (mend it and ask again), the rest is what went wrong on the way.
 */
export const toolErrorCodes = {
  blocked_scheme: 'The URL is neither http nor https.',
  blocked_userinfo: 'The URL carries a user name or password.',
  blocked_host: 'The host name belongs to this machine or a private network, and no rule lists it.',
  blocked_address: 'The address is not public, and no rule lists it.',
  blocked_port: 'The port belongs to a service that does not speak HTTP.',
  blocked_method: 'The method changes things and no rule allows it there, or it is never allowed.',
  declined: 'The user was asked and did not agree to the request.',
  blocked_path: 'The path hides a slash, backslash or dot from the rule that would allow it.',
  blocked_header: 'The header is not for the caller to set.',
  blocked_auth: 'The profile is unknown, not for this origin, or its place in the request is taken.',
  blocked_rule: 'A rule of the operator denies it.',
  blocked_file: 'The file is not in a folder that the operator opened for it, or cannot be made there.',
  blocked_url: 'The URL is longer than an unlisted host may receive.',
  invalid_arguments: 'The arguments do not fit the input schema; the message names the field.',
  invalid_url: 'The URL cannot be parsed.',
  invalid_header: 'A header name or value is not valid HTTP.',
  invalid_body: 'The request body cannot be sent as asked.',
  invalid_timezone: 'The time zone is unknown; the message suggests near ones.',
  invalid_time: 'The moment asked for cannot be read, or no calendar reaches that far.',
  rate_limited: 'The host may not get another request within the time of the call.',
  dns_failed: 'The host name has no address, or could not be looked up.',
  connect_failed: 'No connection to the server could be made, or it was lost.',
  tls_failed: 'The TLS handshake or the certificate check failed.',
  timeout: 'The call took longer than its limit.',
  too_large: 'The response headers, or an unpacked body, exceed the limit.',
  too_many_redirects: 'The server redirected more often than the limit.',
  bad_response: 'The server answered something that is not valid HTTP, or an encoding that cannot be read.',
  cancelled: 'The caller cancelled the call.',
  internal_error: 'The tool itself failed; the message shows no details.',
} as const satisfies Record<string, string>

/** One of {@link toolErrorCodes}. */
export type ToolErrorCode = keyof typeof toolErrorCodes

/** Characters of a message; it may quote what the caller sent. */
const maxMessageLength = 1_000

/**
 * A failure that the caller of a tool may see whole: the message names what happened and what to do about it,
 * and carries no internals.
 */
export class ToolError extends Error {
  readonly code: ToolErrorCode

  constructor(code: ToolErrorCode, message: string, options?: ErrorOptions) {
    super(shorten(message), options)
    this.name = 'ToolError'
    this.code = code
  }
}

/** What a caller may see of any thrown value: a {@link ToolError} whole, anything else only as `internal_error`. */
export function toToolError(thrown: unknown): ToolError {
  if (thrown instanceof ToolError) return thrown
  return new ToolError('internal_error', 'The tool failed unexpectedly.', { cause: thrown })
}

/** Its beginning and its end, where the advice is, in whole characters. */
function shorten(message: string): string {
  const half = maxMessageLength / 2
  const short = message.length > maxMessageLength ? `${message.slice(0, half)} … ${message.slice(-half)}` : message
  return short.toWellFormed()
}
