import type { JsonSchema } from '../../core/tool.ts'

/**
 * Whether an arguments object is evidence for this schema: at least one property, every one of them declared, all
 * required ones there, and simple types right. Stricter than validity, since a lost name is restored on its word.
 */
export function fitsSchema(value: unknown, schema: JsonSchema): boolean {
  const properties = schema['properties']
  if (!isRecord(value) || !isRecord(properties)) return false
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const keys = Object.keys(value)
  return (
    keys.length > 0 &&
    required.every((key) => keys.includes(String(key))) &&
    keys.every((key) => Object.hasOwn(properties, key) && fitsType(value[key], properties[key]))
  )
}

function fitsType(value: unknown, schema: unknown): boolean {
  const type = isRecord(schema) ? schema['type'] : undefined
  if (Array.isArray(type)) return type.some((one) => fitsType(value, { type: one }))
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isRecord(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  return typeof type !== 'string' || typeof value === type
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
