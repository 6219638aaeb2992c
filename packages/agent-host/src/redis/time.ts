/** A time in milliseconds, as scripts give it, in ISO 8601. */
export function toTime(ms: string | undefined): string {
  return new Date(Number(ms)).toISOString()
}
