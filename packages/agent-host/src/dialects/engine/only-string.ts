import type { JsonSchema } from '../../core/tool.ts'

/**
 * The one parameter that a tool needs, if it is a string: the only required one, or the only one there is. A bare string
 * given to such a tool can mean nothing else.
 */
export function onlyString({ properties, required }: JsonSchema): string | undefined {
  if (!isRecord(properties)) return undefined
  const names = Array.isArray(required) && required.length > 0 ? required : Object.keys(properties)
  const [name] = names as readonly unknown[]
  if (names.length !== 1 || typeof name !== 'string') return undefined
  const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
  return isRecord(schema) && schema['type'] === 'string' ? name : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
