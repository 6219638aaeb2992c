import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../src/core/tool.ts'
import { coerce, mayBeOtherThanString } from '../../src/dialects/engine/coerce.ts'
import { ValueSchema } from '../../src/dialects/engine/value-kinds.ts'
import { toolsOf } from './fitting-tools.ts'
import { value, wildText } from './texts.ts'

const root: JsonSchema = {
  $defs: {
    id: { type: 'integer' },
    place: { type: 'object', properties: { name: { type: 'string' }, at: { $ref: '#/$defs/id' } } },
    loop: { $ref: '#/$defs/loop' },
    'a/b': { enum: ['x', 1] },
  },
}

function coerced(text: string, schema: unknown): string | undefined {
  return coerce(text, new ValueSchema(schema, root).kinds, () => {})
}

/** Raw text, the schema of its place, and the JSON it becomes; undefined: it stays a string. */
const cases: [string, unknown, string | undefined][] = [
  ['5', { type: 'integer' }, '5'],
  [' 5\n', { type: 'integer' }, '5'],
  ['-12345678901234567890123', { type: 'integer' }, '-12345678901234567890123'],
  ['5.0', { type: 'integer' }, '5.0'],
  ['1.25e+2', { type: 'integer' }, '1.25e+2'],
  ['5.5', { type: 'integer' }, undefined],
  ['five', { type: 'integer' }, undefined],
  ['', { type: 'integer' }, undefined],
  ['007', { type: 'integer' }, undefined],
  ['0.10', { type: 'number' }, '0.10'],
  ['1e400', { type: 'number' }, '1e400'],
  ['1.0000000000000000001', { type: 'number' }, '1.0000000000000000001'],
  ['NaN', { type: 'number' }, undefined],
  ['true', { type: 'boolean' }, 'true'],
  ['True', { type: 'boolean' }, 'true'],
  ['FALSE', { type: 'boolean' }, 'false'],
  ['yes', { type: 'boolean' }, undefined],
  ['1', { type: 'boolean' }, undefined],
  ['null', { type: 'null' }, 'null'],
  ['None', { type: ['integer', 'null'] }, 'null'],
  ['null', { type: 'integer' }, undefined],
  ['null', { type: 'string' }, undefined],
  ['null', { type: 'string', nullable: true }, 'null'],
  ['5', { type: 'string' }, undefined],
  ['5', { type: ['string', 'integer'] }, '5'],
  ['5 km', { type: ['string', 'integer'] }, undefined],
  ['5', { anyOf: [{ type: 'string' }, { type: 'null' }] }, undefined],
  ['5', { oneOf: [{ type: 'null' }, { $ref: '#/$defs/id' }] }, '5'],
  ['5', { allOf: [{ type: ['integer', 'string'] }, { type: ['string', 'null'] }] }, undefined],
  ['1', { $ref: '#/$defs/a~1b' }, '1'],
  ['x', { $ref: '#/$defs/a~1b' }, undefined],
  ['1', { enum: ['1', '2'] }, undefined],
  ['1', { enum: [1, 2] }, '1'],
  ['1', { const: 1 }, '1'],
  ['[1, "a"]', { type: 'array' }, '[1, "a"]'],
  ['[1, "a"]', { items: {} }, '[1, "a"]'],
  ['[1', { type: 'array' }, undefined],
  ['{"a": 1}', { type: 'array' }, undefined],
  ['[{"a": 1}]', { type: 'string' }, undefined],
  ['{"a": 12345678901234567890}', { $ref: '#/$defs/place' }, '{"a": 12345678901234567890}'],
  [`{'k': 'v', 'on': True, 'off': None}`, { type: 'object' }, '{"k": "v", "on": true, "off": null}'],
  [`{'k': 'v'}`, {}, undefined],
  ['{"k": "v"}', {}, '{"k": "v"}'],
  ['True', {}, undefined],
  ['true', {}, 'true'],
  ['12', {}, '12'],
  ['12 Main Street', {}, undefined],
  ['5', { $ref: '#/$defs/loop' }, '5'],
  ['5', { $ref: '#/$defs/nowhere' }, '5'],
  ['5', { $ref: 'https://example.com/other' }, '5'],
  ['5', true, '5'],
]

describe('coerce', () => {
  it.each(cases)('%j under %j becomes %j', (text, schema, json) => {
    expect(coerced(text, schema)).toBe(json)
  })

  it('gives back any JSON value under a schema that fits it', () => {
    fc.assert(
      fc.property(value, fc.stringMatching(/^[a-z]{1,12}$/), (one, key) => {
        const [tool] = toolsOf([{ id: '', name: 'f', arguments: JSON.stringify({ [key]: one }) }])
        const { kinds } = new ValueSchema(tool?.parameters, tool?.parameters ?? {}).property(key)
        const text = typeof one === 'string' ? one : JSON.stringify(one)
        expect(coerce(text, kinds, () => {})).toBe(typeof one === 'string' ? undefined : text)
      }),
    )
  })

  it('gives JSON or nothing, whatever the text, and only of kinds that may be', () => {
    fc.assert(
      fc.property(wildText, fc.constantFrom(...cases.map(([, schema]) => schema)), (text, schema) => {
        const json = coerced(text, schema)
        expect(JSON.parse(json ?? '0')).not.toBeTypeOf('string')
      }),
    )
  })

  it('never finds something else in what was already known to be a string', () => {
    const beginnings = fc.oneof(wildText, fc.constantFrom('tru', '-1.', '12e', ' null', 'None ', '{', '  ', '1 '))
    fc.assert(
      fc.property(beginnings, wildText, fc.constantFrom(...cases.map(([, schema]) => schema)), (head, rest, schema) => {
        const { kinds } = new ValueSchema(schema, root)
        fc.pre(!mayBeOtherThanString(head, kinds))
        expect(mayBeOtherThanString(head + rest, kinds)).toBe(false)
        const found = coerce(head + rest, kinds, () => {})
        expect(head.trim() === '' ? undefined : found).toBeUndefined()
      }),
    )
  })
})

describe('ValueSchema', () => {
  it('finds properties and items through references', () => {
    const place = new ValueSchema({ anyOf: [{ $ref: '#/$defs/place' }, { type: 'null' }] }, root)
    expect([...place.properties]).toEqual(['name', 'at'])
    expect([...place.property('at').kinds]).toEqual(['integer'])
    expect([...new ValueSchema({ items: { type: 'boolean' } }, root).items.kinds]).toEqual(['boolean'])
    expect([...new ValueSchema({ additionalProperties: { type: 'null' } }, root).property('x').kinds]).toEqual(['null'])
  })

  it('leaves what it does not know open', () => {
    expect(new ValueSchema({}, root).property('x').kinds.size).toBe(7)
    expect(new ValueSchema({ type: 'integer', enum: ['a'] }, root).kinds.size).toBe(7)
  })
})
