/** The system's short code, which says more than its message and names no path of this machine. */
export function toErrorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return toErrorCode(error.errors[0])
  if (error instanceof Error && 'code' in error) return String(error.code)
  return 'unknown reason'
}
