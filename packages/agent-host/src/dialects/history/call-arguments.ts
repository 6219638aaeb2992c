/**
 * A call's arguments as the JSON text of an object. What is no object stands in one, as it was: servers that parse
 * arguments before they render would refuse the whole conversation for it.
 */
export function toArgumentsText(text: string): string {
  if (text.trim() === '') return '{}'
  return toArgumentsObject(text) ? text : JSON.stringify({ arguments: text })
}

/** The object that arguments are; undefined where they are none. */
export function toArgumentsObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
