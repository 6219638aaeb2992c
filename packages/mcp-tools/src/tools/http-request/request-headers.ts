import { ToolError } from '../../errors.ts'

/** A field name (RFC 9110 section 5.1). */
const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** A field value (RFC 9110 section 5.5): no line break, no NUL, only characters that a byte can hold. */
// oxlint-disable-next-line no-control-regex -- naming the control characters is the point
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/

const maxHeaders = 64
const maxHeaderBytes = 16_384

/** Names that are not the caller's, each with why. */
const blocked: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^host$/, 'it would select another site behind the same address'],
  [/^(?:content-length|transfer-encoding|te|trailer)$/, 'it frames the message'],
  [/^(?:connection|keep-alive|upgrade|expect|http2-settings|proxy-.*)$/, 'it belongs to the connection'],
  [
    /^(?:metadata|metadata-flavor|x-metadata-token|x-google-metadata-request|x-aws-ec2-metadata-token.*)$/,
    'it is for cloud metadata services',
  ],
  [/^(?:x-http-method|x-http-method-override|x-method-override)$/, 'it would change the method'],
  [/^(?:x-original-url|x-rewrite-url)$/, 'it would change the path'],
  [/^(?:forwarded|x-forwarded-.*|x-real-ip|true-client-ip|x-client-ip)$/, 'it claims another client'],
  [/^accept-encoding$/, 'the tool unpacks answers itself'],
]

/** Names that go along to another origin: they say what is wanted, never who asks. */
export const portableHeaders: ReadonlySet<string> = new Set(['accept', 'accept-language', 'user-agent', 'content-type'])

/**
 * The headers to send, names in lower case.
 * Throws `invalid_header` for what is not HTTP, `blocked_header` for a name that is not the caller's to set.
 */
export function toRequestHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers)
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (entries.length > maxHeaders || size > maxHeaderBytes) {
    throw new ToolError('invalid_header', `At most ${maxHeaders} headers of ${maxHeaderBytes} characters can be sent.`)
  }
  return Object.fromEntries(entries.map(([name, value]) => [toName(name), toValue(name, value)]))
}

/** What of `headers` may follow a redirect to another origin. */
export function toPortableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => portableHeaders.has(name)))
}

function toName(name: string): string {
  if (!namePattern.test(name)) {
    throw new ToolError('invalid_header', `\`headers\`: ${JSON.stringify(name)} is not a header name.`)
  }
  const lower = name.toLowerCase()
  const why = blocked.find(([pattern]) => pattern.test(lower))?.[1]
  if (why !== undefined) throw new ToolError('blocked_header', `The header ${lower} cannot be set: ${why}.`)
  return lower
}

function toValue(name: string, value: string): string {
  if (valuePattern.test(value)) return value.trim()
  throw new ToolError('invalid_header', `\`headers\`: the value of ${name} has a character that HTTP does not allow.`)
}
