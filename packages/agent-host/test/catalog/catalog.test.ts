import { describe, expect, test } from 'vitest'
import { createCatalog, type CatalogTool } from '../../src/catalog/catalog.ts'
import { describeTool } from '../../src/catalog/describe-tool.ts'
import type { Tool } from '../../src/mcp/connection.ts'
import { openConnection, script, stdioServer } from '../mcp/open-connection.ts'
import { createFakeConnection, createWarnings, tool } from './fake-connection.ts'

async function only(listed: Tool): Promise<CatalogTool> {
  const [found] = await createCatalog([createFakeConnection('a', [listed])], createWarnings()).tools()
  if (!found) throw new Error('no tool')
  return found
}

const schema = (fields: object): Tool['inputSchema'] => ({ type: 'object', ...fields })

describe('tools', () => {
  test('come in the order of the servers, and a call goes to its own server under its own name', async () => {
    const result = { content: [{ type: 'text' as const, text: 'done' }] }
    const a = createFakeConnection('a', [tool('read'), tool('x.y')], result)
    const b = createFakeConnection('b', [tool('read')], result)
    const tools = await createCatalog([b, a], createWarnings()).tools()
    expect(tools.map(({ name, server }) => `${server}: ${name}`)).toEqual(['b: b__read', 'a: a__read', 'a: x_y'])
    for (const each of tools) {
      expect(await each.call({ via: each.name }, { timeoutMs: 1000 })).toEqual({
        parts: [{ type: 'text', text: 'done' }],
        isError: false,
      })
    }
    expect(b.calls).toEqual([{ tool: 'read', args: { via: 'b__read' } }])
    expect(a.calls).toEqual([
      { tool: 'read', args: { via: 'a__read' } },
      { tool: 'x.y', args: { via: 'x_y' } },
    ])
  })

  test('a tool that a server lists twice is there once', async () => {
    const twice = createFakeConnection('a', [tool('read', { description: 'first' }), tool('write'), tool('read')])
    const tools = await createCatalog([twice], createWarnings()).tools()
    expect(tools.map(({ name, description }) => [name, description])).toEqual([
      ['read', 'first'],
      ['write', undefined],
    ])
  })

  test('are shown to people with null where their server says nothing', async () => {
    expect(describeTool(await only(tool('f')))).toEqual({
      name: 'f',
      title: null,
      description: null,
      input_schema: { type: 'object', properties: {} },
      server: 'a',
      annotations: null,
    })
    const annotations = { title: 'From annotations', readOnlyHint: true }
    expect(describeTool(await only(tool('f', { annotations, description: 'Does it.' })))).toMatchObject({
      title: 'From annotations',
      description: 'Does it.',
      annotations,
    })
    expect(await only(tool('f', { title: 'Its own', annotations }))).toMatchObject({ title: 'Its own' })
  })
})

test.each<[string, object, object]>([
  ['no properties', {}, { type: 'object', properties: {} }],
  [
    '$schema',
    { $schema: 'https://json-schema.org/draft/2020-12/schema', properties: { a: {} } },
    { type: 'object', properties: { a: {} } },
  ],
  [
    'everything else, untouched',
    { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'string' } }, required: ['a'] },
    { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'string' } }, required: ['a'] },
  ],
])('parameters of a schema with %s', async (_, given, parameters) => {
  const inputSchema = schema(given)
  expect((await only(tool('f', { inputSchema }))).parameters).toEqual(parameters)
  expect(inputSchema).toEqual({ type: 'object', ...given })
})

describe('check', () => {
  const point = { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] }

  test.each<[string, object, Record<string, unknown>, RegExp | undefined]>([
    ['nothing wrong', { properties: { a: { type: 'string' } } }, { a: 'x' }, undefined],
    ['a wrong type', { properties: { a: { type: 'string' } } }, { a: 1 }, /\/a must be string/],
    ['a missing field', { required: ['zone'] }, {}, /'zone'/],
    ['a wrong choice', { properties: { a: { enum: ['x', 'y'] } } }, { a: 'z' }, /\/a must be equal to one of/],
    ['a format', { properties: { a: { type: 'string', format: 'email' } } }, { a: 'z' }, /\/a must match format/],
    ['two at once', { properties: { a: { type: 'string' } }, required: ['b'] }, { a: 1 }, /'b'.*\/a|\/a.*'b'/],
    [
      'a field too many',
      { properties: {}, additionalProperties: false },
      { z: 1 },
      /additional properties \(there is no "z"\)/,
    ],
    ['$ref', { properties: { at: { $ref: '#/$defs/p' } }, $defs: { p: point } }, { at: {} }, /\/at must have.*'x'/],
    [
      'draft 2020-12',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        properties: { a: { type: 'array', prefixItems: [{ type: 'string' }] } },
      },
      { a: [1] },
      /\/a\/0 must be string/,
    ],
    [
      'draft-07',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        properties: { a: { type: 'array', items: [{ type: 'string' }] }, b: { $ref: '#/definitions/p' } },
        definitions: { p: point },
      },
      { a: [1], b: {} },
      /\/a\/0 must be string.*\/b must have/,
    ],
  ])('%s', async (_, given, args, problem) => {
    const found = (await only(tool('f', { inputSchema: schema(given) }))).check(args)
    expect(found ?? '').toMatch(problem ?? /^$/)
    expect(found === undefined).toBe(problem === undefined)
  })

  test.each<[string, object]>([
    ['an unknown dialect', { $schema: 'https://example.com/schema' }],
    ['a $ref to elsewhere, which is never fetched', { properties: { a: { $ref: 'https://example.invalid/a.json' } } }],
    ['a broken pattern', { properties: { a: { type: 'string', pattern: '(' } } }],
  ])('%s leaves the judgement to the server', async (_, given) => {
    const { check } = await only(tool('f', { inputSchema: schema(given) }))
    expect(check({ a: 1 })).toBeUndefined()
    expect(check({})).toBeUndefined()
  })

  test('two tools may have different schemas under one $id', async () => {
    const listed = ['string', 'number'].map((type) =>
      tool(type, { inputSchema: schema({ $id: 'https://example.com/input', properties: { a: { type } } }) }),
    )
    const tools = await createCatalog([createFakeConnection('a', listed)], createWarnings()).tools()
    expect(tools.map(({ check }) => check({ a: true }))).toEqual([
      expect.stringContaining('must be string'),
      expect.stringContaining('must be number'),
    ])
  })
})

describe('a server that cannot be reached', () => {
  test('is left out with a warning while the others are there, and is found again', async () => {
    const a = createFakeConnection('a', [tool('read')])
    const b = createFakeConnection('b', undefined)
    const log = createWarnings()
    const catalog = createCatalog([a, b], log)
    expect((await catalog.tools()).map(({ name }) => name)).toEqual(['read'])
    expect(log.warnings).toEqual([
      {
        message: 'the tools of an MCP server are missing',
        fields: { server: 'b', reason: 'MCP server "b" closed the connection.' },
      },
    ])
    b.listed = [tool('read'), tool('write')]
    expect((await catalog.tools()).map(({ name }) => name)).toEqual(['a__read', 'b__read', 'write'])
    await catalog.tools()
    expect([a.listings, b.listings]).toEqual([2, 2])
  })

  test('a process that exits does not hide the tools of one that runs', async () => {
    await using broken = openConnection(script('-e', 'process.exit(1)'))
    await using sound = openConnection(stdioServer('older-stdio.ts'))
    const log = createWarnings()
    const tools = await createCatalog([broken, sound], log).tools()
    const echo = tools.find(({ name }) => name === 'echo')
    expect(await echo?.call({ text: 'hi' }, { timeoutMs: 20_000 })).toEqual({
      parts: [{ type: 'text', text: 'hi' }],
      isError: false,
    })
    expect(echo?.check({ text: 1 })).toContain('/text must be string')
    expect(log.warnings).toHaveLength(1)
  })
})

describe('listing', () => {
  test('happens once for all who ask, until it is refreshed', async () => {
    const a = createFakeConnection('a', [tool('read')])
    const catalog = createCatalog([a], createWarnings())
    const [first, second] = await Promise.all([catalog.tools(), catalog.tools()])
    expect(first).toBe(second)
    expect(await catalog.tools()).toBe(first)
    expect(a.listings).toBe(1)
    a.listed = [tool('write')]
    catalog.refresh()
    expect((await catalog.tools()).map(({ name }) => name)).toEqual(['write'])
    expect(a.listings).toBe(2)
  })

  test('a refresh while it is under way is not lost', async () => {
    const a = createFakeConnection('a', [tool('read')])
    const catalog = createCatalog([a], createWarnings())
    const early = catalog.tools()
    a.listed = [tool('write')]
    catalog.refresh()
    expect((await catalog.tools()).map(({ name }) => name)).toEqual(['write'])
    await early
    expect((await catalog.tools()).map(({ name }) => name)).toEqual(['write'])
    expect(a.listings).toBe(2)
  })
})
