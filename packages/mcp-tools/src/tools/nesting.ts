/** Beyond this, writing JSON again may overflow the stack, here or at the client. */
export const deepestNesting = 100

/** Whether JSON has values nested more than {@link deepestNesting} levels deep. */
export function isNestedTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === deepestNesting || Object.values(value).some((item) => isNestedTooDeep(item, depth + 1))
}
