/** Milliseconds from `now` that a Retry-After header asks for (RFC 9110 section 10.2.3), or undefined for none. */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = [header].flat()[0]?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  // Dates begin with the day's name; `Date.parse` alone would take much that is none.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
