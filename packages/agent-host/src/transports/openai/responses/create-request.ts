import { z } from 'zod'
import { badRequest, parseAt } from './bad-request.ts'
import { type InputItem, readItems } from './input-item.ts'
import { type RequestTool, toolChoice, toolSchemas } from './tool-schema.ts'

const mostItems = 10_000

const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((fields) => Object.keys(fields).length <= 16, 'holds more than 16 pairs')

const textFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string().regex(/^[\w-]{1,64}$/),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
    description: z.string().nullish(),
  }),
])

/** What we read of `POST /v1/responses`; fields that nobody here knows are passed on to the model server. */
export const createBody = z.looseObject({
  model: z.string().min(1).nullish(),
  input: z.union([z.string(), z.array(z.unknown()).max(mostItems)]).nullish(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().min(1).nullish(),
  conversation: z.union([z.string().min(1), z.looseObject({ id: z.string().min(1) })]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  background: z.boolean().nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.int().positive().nullish(),
  max_tool_calls: z.int().min(0).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  text: z
    .looseObject({ format: textFormat.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() })
    .nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  include: z.array(z.string()).nullish(),
  metadata: metadata.nullish(),
  service_tier: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  user: z.string().nullish(),
})

export type CreateBody = z.output<typeof createBody>

/** A request to create a Response, valid and typed; `tools` without those that OpenAI hosts. */
export interface CreateRequest {
  body: CreateBody
  items: InputItem[]
  tools: RequestTool[]
  /** Types of tools in the request that are not here. */
  hosted: string[]
}

/** @throws HostError `invalid_request` that names the place, such as `tools[0].name`. */
export function readCreateRequest(value: unknown): CreateRequest {
  const body = parseAt(createBody, value, '')
  if (body.previous_response_id != null && body.conversation != null) {
    throw badRequest('conversation', 'cannot be given together with previous_response_id')
  }
  if (body.background === true && body.store === false) {
    throw badRequest('background', 'needs the Response to be stored; leave out "store": false')
  }
  const tools: RequestTool[] = []
  const hosted: string[] = []
  for (const [index, tool] of (body.tools ?? []).entries()) {
    if (!Object.hasOwn(toolSchemas, tool.type)) hosted.push(tool.type)
    else tools.push(parseAt(toolSchemas[tool.type as RequestTool['type']], tool, `tools[${index}]`))
  }
  return { body, items: toItems(body.input), tools, hosted }
}

function toItems(input: CreateBody['input']): InputItem[] {
  if (input == null) return []
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : readItems(input)
}
