/** The value of a header, the first where it came more than once; empty where it is absent. */
export function firstOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
}
