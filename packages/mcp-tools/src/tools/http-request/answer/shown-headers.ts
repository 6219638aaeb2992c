/** Response headers that tell a model something it can act on. */
const shown: ReadonlySet<string> = new Set([
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'date',
  'deprecation',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'retry-after',
  'server',
  'sunset',
  'vary',
  'www-authenticate',
  'x-request-id',
  'x-total-count',
])

const rateLimit = /^(?:x-)?ratelimit(?:-|$)/

/** Cookies are secrets between this machine and the server. */
const hidden: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2'])

const maxValueLength = 1_000

/** The headers worth returning; with `all`, for methods whose answer is nothing but headers, each but cookies. */
export function toShownHeaders(
  headers: Readonly<Record<string, string | string[]>>,
  all: boolean,
): Record<string, string> {
  const entries = Object.entries(headers).filter(
    ([name]) => !hidden.has(name) && (all || shown.has(name) || rateLimit.test(name)),
  )
  return Object.fromEntries(entries.map(([name, value]) => [name, toValue(value)]))
}

function toValue(value: string | string[]): string {
  const text = Array.isArray(value) ? value.join(', ') : value
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text
}
