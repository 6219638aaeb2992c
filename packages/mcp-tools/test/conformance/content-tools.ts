import { setTimeout as wait } from 'node:timers/promises'
import { type ContentBlock, fromJsonSchema, inputRequired, type McpServer } from '@modelcontextprotocol/server'
import * as z from 'zod/v4'

/** One red pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='

/** A WAV file without a sample. */
const silence = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA='

/** Between the messages that the suite wants to see arrive one by one, in milliseconds. */
const pauseMs = 10

const image: ContentBlock = { type: 'image', data: pixel, mimeType: 'image/png' }

const contents: Readonly<Record<string, readonly ContentBlock[]>> = {
  test_simple_text: [{ type: 'text', text: 'This is a simple text response for testing.' }],
  test_image_content: [image],
  test_audio_content: [{ type: 'audio', data: silence, mimeType: 'audio/wav' }],
  test_embedded_resource: [
    { type: 'resource', resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'Embedded.' } },
  ],
  test_multiple_content_types: [
    { type: 'text', text: 'Multiple content types test:' },
    image,
    {
      type: 'resource',
      resource: { uri: 'test://mixed-content-resource', mimeType: 'application/json', text: '{"test":"data"}' },
    },
  ],
  test_logging_tool: [{ type: 'text', text: 'Nothing was logged unless it was asked for.' }],
}

/** Tools that answer at once, fail, log or tell progress. */
export function registerContentTools(server: McpServer): void {
  for (const [name, content] of Object.entries(contents)) {
    server.registerTool(name, { description: name }, async ({ mcpReq }) => {
      await mcpReq.log('info', `${name} was called`)
      return { content: [...content] }
    })
  }
  server.registerTool('test_error_handling', { description: 'Fails.' }, async () => ({
    content: [{ type: 'text', text: 'This tool intentionally returns an error for testing' }],
    isError: true,
  }))
  server.registerTool('test_tool_with_logging', { description: 'Logs.' }, async ({ mcpReq }) => {
    for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data: line } })
      await wait(pauseMs)
    }
    return { content: [{ type: 'text', text: 'Logged.' }] }
  })
  server.registerTool('test_tool_with_progress', { description: 'Tells progress.' }, async ({ mcpReq }) => {
    // oxlint-disable-next-line no-underscore-dangle -- the protocol's own name
    const progressToken = mcpReq._meta?.progressToken ?? 0
    for (const progress of [0, 50, 100]) {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
      await wait(pauseMs)
    }
    return { content: [{ type: 'text', text: 'Done.' }] }
  })
  server.registerTool('test_missing_capability', { description: 'Needs sampling.' }, async () =>
    inputRequired({ inputRequests: { answer: inputRequired.createMessage({ messages: [], maxTokens: 10 }) } }),
  )
  registerSchemas(server)
}

async function answer() {
  return { content: [{ type: 'text' as const, text: 'Called.' }] }
}

/** Tools that are there for their schemas. */
function registerSchemas(server: McpServer): void {
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema of many keywords.', inputSchema: fromJsonSchema(manyKeywords) },
    answer,
  )
  const region = z.string().meta({ 'x-mcp-header': 'Region' })
  server.registerTool(
    'test_custom_headers',
    { description: 'Wants an argument in a header too.', inputSchema: z.object({ region }) },
    answer,
  )
}

const manyKeywords = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line no-thenable -- a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}
