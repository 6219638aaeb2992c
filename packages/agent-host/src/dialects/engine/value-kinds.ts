import type { JsonSchema } from '../../core/tool.ts'

/** What a JSON value can be; a `fraction` is a number that is no integer. */
export type Kind = 'string' | 'integer' | 'fraction' | 'boolean' | 'null' | 'array' | 'object'

/** What a value may be. All kinds where the schema says nothing of it. */
export type Kinds = ReadonlySet<Kind>

const kindsOfType: ReadonlyMap<unknown, readonly Kind[]> = new Map([
  ['string', ['string']],
  ['integer', ['integer']],
  ['number', ['integer', 'fraction']],
  ['boolean', ['boolean']],
  ['null', ['null']],
  ['array', ['array']],
  ['object', ['object']],
])

/** All kinds: nothing is known of the value. */
export const anyKind: Kinds = new Set([...kindsOfType.values()].flat())

/** A schema may refer to schemas only this deep before it is taken to say nothing, since it may refer to itself. */
const longestReference = 16

/** The kinds of a type as JSON Schema names it; all where it is no such name. */
export function toKinds(type: unknown): Kinds {
  const kinds = kindsOfType.get(type)
  return kinds ? new Set(kinds) : anyKind
}

/** The schema of one place in the arguments: looks through `$ref`, `anyOf`, `oneOf` and `allOf`. */
export class ValueSchema {
  readonly #schema: unknown
  readonly #root: JsonSchema

  constructor(schema: unknown, root: JsonSchema) {
    this.#schema = schema
    this.#root = root
  }

  /** What the value may be. */
  get kinds(): Kinds {
    return this.#kindsOf(this.#schema, 0)
  }

  /** The declared properties; empty where the schema leaves them open. */
  get properties(): ReadonlySet<string> {
    return new Set(
      this.#parts(this.#schema, 0).flatMap(({ properties }) => (isRecord(properties) ? Object.keys(properties) : [])),
    )
  }

  /** The schema of a property. */
  property(key: string): ValueSchema {
    const parts = this.#parts(this.#schema, 0)
    const declared = parts.flatMap(({ properties }) =>
      isRecord(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [],
    )
    const others = parts.map(({ additionalProperties }) => additionalProperties)
    return this.#combined(declared.length > 0 ? declared : others)
  }

  /** The schema of an array's items. */
  get items(): ValueSchema {
    return this.#combined(this.#parts(this.#schema, 0).map(({ items }) => items))
  }

  #combined(schemas: readonly unknown[]): ValueSchema {
    const known = schemas.filter(isRecord)
    return new ValueSchema(known.length === 1 ? known[0] : { anyOf: known }, this.#root)
  }

  #kindsOf(schema: unknown, depth: number): Kinds {
    if (!isRecord(schema) || depth > longestReference) return anyKind
    const { type, nullable, properties, items } = schema
    let kinds = type === undefined ? anyKind : union(toList(type).map(toKinds))
    if (Array.isArray(schema['enum'])) kinds = both(kinds, new Set(schema['enum'].map(kindOf)))
    if (Object.hasOwn(schema, 'const')) kinds = both(kinds, new Set([kindOf(schema['const'])]))
    if (schema['$ref'] !== undefined) kinds = both(kinds, this.#kindsOf(this.#resolve(schema['$ref']), depth + 1))
    for (const choice of [schema['anyOf'], schema['oneOf']]) {
      if (!Array.isArray(choice) || choice.length === 0) continue
      kinds = both(kinds, union(choice.map((one) => this.#kindsOf(one, depth + 1))))
    }
    for (const part of toArray(schema['allOf'])) kinds = both(kinds, this.#kindsOf(part, depth + 1))
    if (kinds.size === anyKind.size && isRecord(properties)) kinds = toKinds('object')
    if (kinds.size === anyKind.size && isRecord(items)) kinds = toKinds('array')
    if (nullable === true) kinds = union([kinds, toKinds('null')])
    return kinds.size === 0 ? anyKind : kinds
  }

  /** The schema and all that it is made of. */
  #parts(schema: unknown, depth: number): Record<string, unknown>[] {
    if (!isRecord(schema) || depth > longestReference) return []
    const others = [
      this.#resolve(schema['$ref']),
      ...['anyOf', 'oneOf', 'allOf'].flatMap((key) => toArray(schema[key])),
    ]
    return [schema, ...others.flatMap((other) => this.#parts(other, depth + 1))]
  }

  /** What a local `$ref`, like `#/$defs/place`, refers to. */
  #resolve(reference: unknown): unknown {
    if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
    let found: unknown = this.#root
    for (const step of reference.split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
      found =
        (isRecord(found) || Array.isArray(found)) && Object.hasOwn(found, key) ? Reflect.get(found, key) : undefined
    }
    return found
  }
}

function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction'
  return typeof value === 'boolean' ? 'boolean' : typeof value === 'string' ? 'string' : 'object'
}

function union(kinds: readonly Kinds[]): Kinds {
  return new Set(kinds.flatMap((some) => [...some]))
}

function both(one: Kinds, other: Kinds): Kinds {
  return new Set([...one].filter((kind) => other.has(kind)))
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
