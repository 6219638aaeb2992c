import { z } from 'zod'

/** A JSON Schema, with those of its fields that we read. */
export interface JsonObject {
  type?: string
  $ref?: string
  properties?: Record<string, JsonObject>
  [field: string]: unknown
}

/** JSON Schemas of a document: those that have an id are kept once, and referred to. */
export interface Schemas {
  /** `input` is what a client may send, `output` what it is sent. */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonObject
  readonly named: Readonly<Record<string, JsonObject>>
}

export function createSchemas(): Schemas {
  const named: Record<string, JsonObject> = {}
  return {
    named,
    add(schema, io) {
      const { $schema: _, $defs, id, ...own } = toComponents(z.toJSONSchema(schema, { io })) as JsonObject
      for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonObject>)) {
        const { id: __, ...rest } = definition
        named[name] = rest
      }
      if (typeof id !== 'string') return own
      named[id] = own
      return toRef(id)
    },
  }
}

function toRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

/** zod keeps shared schemas beside the one that it was asked for; a document has one place for all. */
function toComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toComponents)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : toComponents(inner),
    ]),
  )
}
