import { z } from 'zod'

const toolName = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, 'must be a name of letters, digits, _ and -')

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: toolName,
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
})
const customTool = z.looseObject({
  type: z.literal('custom'),
  name: toolName,
  description: z.string().nullish(),
  format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('grammar'), syntax: z.enum(['lark', 'regex']), definition: z.string() }),
    ])
    .nullish(),
})
const clientTool = z.discriminatedUnion('type', [functionTool, customTool])
const namespaceTool = z.looseObject({
  type: z.literal('namespace'),
  name: toolName,
  description: z.string().nullish(),
  tools: z.array(clientTool),
})
const toolFilter = z.looseObject({ tool_names: z.array(z.string()).nullish(), read_only: z.boolean().nullish() })
const mcpTool = z.looseObject({
  type: z.literal('mcp'),
  server_label: z.string().min(1),
  server_url: z.url({ protocol: /^https?$/, message: 'must be an http or https URL' }).nullish(),
  server_description: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  authorization: z.string().min(1).nullish(),
  allowed_tools: z.union([z.array(z.string()), toolFilter]).nullish(),
  require_approval: z
    .union([z.enum(['always', 'never']), z.looseObject({ always: toolFilter.nullish(), never: toolFilter.nullish() })])
    .nullish(),
})

/** The tools that mean something here; every other type is one that OpenAI hosts. */
export const toolSchemas = { function: functionTool, custom: customTool, namespace: namespaceTool, mcp: mcpTool }

export type ClientTool = z.output<typeof clientTool>
export type NamespaceTool = z.output<typeof namespaceTool>
export type McpTool = z.output<typeof mcpTool>
export type RequestTool = ClientTool | NamespaceTool | McpTool

const named = (type: 'function' | 'custom') => z.looseObject({ type: z.literal(type), name: z.string() })

export const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  named('function'),
  named('custom'),
  z.looseObject({ type: z.literal('mcp'), server_label: z.string(), name: z.string().nullish() }),
  z.looseObject({
    type: z.literal('allowed_tools'),
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.looseObject({ type: z.string(), name: z.string().nullish(), server_label: z.string().nullish() })),
  }),
  z.looseObject({ type: z.string() }),
])

export type RequestToolChoice = z.output<typeof toolChoice>
