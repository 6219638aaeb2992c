import type { ToolCall, ToolSpec } from '../../src/core/tool.ts'

/** The tools that some calls are to, with schemas that fit the arguments, written in all the ways there are. */
export function toolsOf(list: readonly ToolCall[]): ToolSpec[] {
  return [...Map.groupBy(list, (call) => call.name)].map(([name, calls]) => {
    const values = calls.flatMap((call) => Object.entries(JSON.parse(call.arguments) as Record<string, unknown>))
    return { name, parameters: { type: 'object', properties: propertiesOf(values), $defs: definitions } }
  })
}

const types = ['string', 'integer', 'number', 'boolean', 'null', 'array', 'object']
const definitions = Object.fromEntries(types.map((type) => [type, { type }]))

function propertiesOf(members: readonly [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(members.map(([key, value]) => [key, schemaOf(value, key.length)]))
}

function schemaOf(value: unknown, way: number): unknown {
  const type = typeOf(value)
  const exact = [
    { type },
    { $ref: `#/$defs/${type}` },
    { allOf: [{ description: 'of one type' }, { type }] },
    { anyOf: [{ $ref: `#/$defs/${type}` }] },
    { type: [type] },
  ]
  // Raw text of several types is ambiguous only where the value itself is a string, like "null" or "5".
  const loose = [
    { type: [type, 'null', 'string'] },
    { anyOf: [{ type: 'string' }, { type }] },
    { type, nullable: true },
    { oneOf: [{ type }, { type: 'null' }], description: 'may be null' },
    {},
  ]
  const ways = type === 'string' ? [...exact, { enum: [value] }] : [...exact, ...loose]
  const chosen = ways[way % ways.length]
  return type === 'object' ? { ...chosen, properties: propertiesOf(Object.entries(value as object)) } : chosen
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
