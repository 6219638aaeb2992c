type JsonSchema = Readonly<Record<string, unknown>>

/** Keywords whose value holds schemas by names of its own. */
const namedSchemas: ReadonlySet<string> = new Set(['properties', '$defs', 'patternProperties', 'dependentSchemas'])

/** Keywords whose value is data. */
const data: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples'])

/**
 * A schema without the keywords that its generator writes though they say nothing: names are always strings, and
 * integers are always safe. Model servers that turn schemas into grammars refuse the former, and all of it costs tokens.
 */
export function toListedSchema(schema: JsonSchema): Record<string, unknown> {
  const telling = Object.entries(schema).filter(([keyword, value]) => !saysNothing(keyword, value))
  return Object.fromEntries(telling.map(([keyword, value]) => [keyword, toListedValue(keyword, value)]))
}

function toListedValue(keyword: string, value: unknown): unknown {
  if (data.has(keyword)) return value
  if (!namedSchemas.has(keyword)) return toListed(value)
  return Object.fromEntries(Object.entries(value as JsonSchema).map(([name, each]) => [name, toListed(each)]))
}

function toListed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toListed)
  return typeof value === 'object' && value !== null ? toListedSchema(value as JsonSchema) : value
}

function saysNothing(keyword: string, value: unknown): boolean {
  if (keyword === 'maximum') return value === Number.MAX_SAFE_INTEGER
  if (keyword === 'minimum') return value === Number.MIN_SAFE_INTEGER
  return keyword === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}'
}
