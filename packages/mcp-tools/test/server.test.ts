import { Client, InMemoryTransport } from '@modelcontextprotocol/client'
import { afterEach, expect, test } from 'vitest'
import * as z from 'zod/v4'
import { createServerFactory, defineTool, type Tool, ToolError } from '../src/index.ts'

const answers = defineTool({
  name: 'answers',
  title: 'Answers',
  description: 'Answers as it is told.',
  input: z.strictObject({ how: z.enum(['well', 'refused', 'broken', 'wrongly']) }),
  output: z.object({ how: z.string() }),
  annotations: { readOnlyHint: true },
  async handler({ how }) {
    if (how === 'refused') throw new ToolError('blocked_host', 'Not there.')
    if (how === 'broken') throw new Error('secret detail at /etc/passwd')
    const structured = how === 'well' ? { how } : ({ what: how } as unknown as { how: string })
    return { structured, content: [{ type: 'text', text: how }] }
  },
})

let client: Client
let reported: unknown[] = []

afterEach(() => client.close())

async function connect(tool: Tool): Promise<void> {
  reported = []
  client = new Client({ name: 'test', version: '1.0.0' })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const build = createServerFactory([tool], (error) => reported.push(error))
  await Promise.all([build().connect(theirs), client.connect(ours)])
}

async function call(args: Readonly<Record<string, unknown>>) {
  await connect(answers)
  await client.listTools()
  return client.callTool({ name: 'answers', arguments: { ...args } })
}

test('an answer is structured and text', async () => {
  const result = await call({ how: 'well' })
  expect(result).toMatchObject({ structuredContent: { how: 'well' }, content: [{ type: 'text', text: 'well' }] })
  expect(result.isError ?? false).toBe(false)
})

test('a failure has a code and a message, twice', async () => {
  expect(await call({ how: 'refused' })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'blocked_host', message: 'Not there.' } },
    content: [{ type: 'text', text: 'Error blocked_host: Not there.' }],
  })
})

test('an unexpected failure shows no details to the client', async () => {
  const result = await call({ how: 'broken' })
  expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'internal_error' } } })
  expect(JSON.stringify(result)).not.toContain('passwd')
  expect(String(reported)).toContain('passwd')
})

test.each([
  [{}, '`how`'],
  [{ how: 'else' }, '`how`'],
  [{ how: 'well', more: 1 }, '"more"'],
])('arguments that do not fit, %j, name the field', async (args, field) => {
  expect(await call(args)).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'invalid_arguments', message: expect.stringContaining(field) } },
  })
})

test('schemas are listed without what says nothing, and are otherwise as they were', async () => {
  const input = z.strictObject({
    propertyNames: z.string().optional(),
    count: z.int().min(1),
    headers: z.record(z.string(), z.string()).optional(),
    limits: z.looseObject({}).default({ maximum: Number.MAX_SAFE_INTEGER }),
  })
  await connect({ ...answers, input })
  const { tools } = await client.listTools()
  expect(tools[0]?.inputSchema).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      propertyNames: { type: 'string' },
      count: { type: 'integer', minimum: 1 },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      limits: {
        type: 'object',
        properties: {},
        additionalProperties: {},
        default: { maximum: Number.MAX_SAFE_INTEGER },
      },
    },
    required: ['count'],
    additionalProperties: false,
  })
})

test('a tool that breaks its own promise fails', async () => {
  const error = { code: 'internal_error' }
  expect(await call({ how: 'wrongly' })).toMatchObject({ isError: true, structuredContent: { error } })
})
