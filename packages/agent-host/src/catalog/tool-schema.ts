import type { JsonSchema } from '../core/tool.ts'

/**
 * A tool's input schema as model servers take it: an object with properties, without `$schema`, which several grammar
 * compilers refuse.
 */
export function toParameters(inputSchema: JsonSchema): JsonSchema {
  const { $schema: _, ...schema } = inputSchema
  return { ...schema, type: 'object', properties: schema.properties ?? {} }
}
