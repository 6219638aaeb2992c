import { z } from 'zod'
import { badRequest, parseAt } from './bad-request.ts'

/** Ids and names are opaque, but nobody's are longer. */
const shortText = z.string().min(1).max(512)

const detail = z.enum(['auto', 'low', 'high', 'original']).nullish()
const filePart = z.looseObject({
  type: z.literal('input_file'),
  file_data: z.string().nullish(),
  file_url: z.string().nullish(),
  file_id: z.string().nullish(),
  filename: z.string().nullish(),
})
const contentPart = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['input_text', 'output_text', 'text', 'summary_text']), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({
    type: z.literal('input_image'),
    image_url: z.string().nullish(),
    file_id: z.string().nullish(),
    detail,
  }),
  z.looseObject({
    type: z.literal('input_audio'),
    input_audio: z.looseObject({ data: z.string(), format: z.enum(['mp3', 'wav']) }),
  }),
  filePart,
])

const content = z.union([z.string(), z.array(contentPart)])

const reasoningText = z.looseObject({ text: z.string() })
const phase = z.enum(['commentary', 'final_answer']).nullish()

/** Every item that can be an input, by its type. */
const schemas = {
  message: z.looseObject({
    type: z.literal('message').default('message'),
    id: shortText.nullish(),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content,
    phase,
  }),
  function_call: z.looseObject({
    type: z.literal('function_call'),
    id: shortText.nullish(),
    call_id: shortText,
    name: shortText,
    namespace: shortText.nullish(),
    arguments: z.string(),
  }),
  function_call_output: z.looseObject({
    type: z.literal('function_call_output'),
    id: shortText.nullish(),
    call_id: shortText,
    output: content,
  }),
  custom_tool_call: z.looseObject({
    type: z.literal('custom_tool_call'),
    id: shortText.nullish(),
    call_id: shortText,
    name: shortText,
    namespace: shortText.nullish(),
    input: z.string(),
  }),
  custom_tool_call_output: z.looseObject({
    type: z.literal('custom_tool_call_output'),
    id: shortText.nullish(),
    call_id: shortText,
    output: content,
  }),
  reasoning: z.looseObject({
    type: z.literal('reasoning'),
    id: shortText.nullish(),
    summary: z.array(reasoningText).default([]),
    content: z.array(reasoningText).nullish(),
    encrypted_content: z.string().nullish(),
  }),
  item_reference: z.looseObject({ type: z.literal('item_reference').default('item_reference'), id: shortText }),
  compaction: z.looseObject({
    type: z.literal('compaction'),
    id: shortText.nullish(),
    encrypted_content: z.string().min(1),
  }),
  mcp_list_tools: z.looseObject({ type: z.literal('mcp_list_tools'), id: shortText.nullish() }),
  mcp_call: z.looseObject({
    type: z.literal('mcp_call'),
    id: shortText,
    server_label: shortText,
    name: shortText,
    arguments: z.string(),
    output: z.string().nullish(),
    error: z.unknown().optional(),
  }),
  mcp_approval_request: z.looseObject({
    type: z.literal('mcp_approval_request'),
    id: shortText,
    server_label: shortText,
    name: shortText,
    arguments: z.string(),
  }),
  mcp_approval_response: z.looseObject({
    type: z.literal('mcp_approval_response'),
    id: shortText.nullish(),
    approval_request_id: shortText,
    approve: z.boolean(),
    reason: z.string().nullish(),
  }),
}

type Schemas = typeof schemas
export type ItemType = keyof Schemas
export type InputItem = { [Type in ItemType]: z.output<Schemas[Type]> }[ItemType]
export type ContentPart = z.output<typeof contentPart>

/** Items of tools that OpenAI hosts: they come from other servers' conversations, and nothing here can use them. */
const hostedItem =
  /^(?:web_search|file_search|computer|image_generation|code_interpreter|local_shell|shell|apply_patch|tool_search|program)[a-z_]*$/

/**
 * The items in the field `name`, each by the schema of its type; those of hosted tools are left out.
 * @throws HostError `invalid_request` that names the place, such as `input[3].call_id`.
 */
export function readItems(input: readonly unknown[], name = 'input'): InputItem[] {
  return input.flatMap((value, index) => readItem(value, `${name}[${index}]`) ?? [])
}

/** One item; `undefined` for one of a hosted tool. @throws HostError `invalid_request` */
export function readItem(value: unknown, path: string): InputItem | undefined {
  const { type } = parseAt(z.looseObject({ type: z.string().nullish() }), value, path)
  const known = type ?? (typeof value === 'object' && value && 'role' in value ? 'message' : 'item_reference')
  if (Object.hasOwn(schemas, known)) return parseAt(schemas[known as ItemType], value, path)
  if (hostedItem.test(known)) return undefined
  throw badRequest(`${path}.type`, `there is no item of the type ${JSON.stringify(known)}`)
}
