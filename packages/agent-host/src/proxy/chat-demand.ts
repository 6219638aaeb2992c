import { type AnswerFormat, toAnswerFormat } from '../agent/answer-format.ts'
import { z } from 'zod'
import { HostError } from '../core/errors.ts'
import type { JsonSchema, ToolChoice, ToolSpec } from '../core/tool.ts'
import { isObject, objectsIn, parseJson, textIn } from './wire.ts'

/** What a client asks for, as far as the proxy has to know. Everything else in `body` passes untouched. */
export interface ChatDemand {
  bytes: Uint8Array
  body: Readonly<Record<string, unknown>>
  model: string
  messages: readonly Record<string, unknown>[]
  /** The tools that the model may call; none where `tool_choice` is `none`. */
  tools: readonly ToolSpec[]
  choice: ToolChoice
  /** The client knows only the older `functions` and `function_call`. */
  oldClient: boolean
  format: AnswerFormat | undefined
  stream: boolean
}

const object = z.custom<JsonSchema>((value) => isObject(value), 'must be an object')
const definition = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  parameters: object.nullish(),
})
const name = z.looseObject({ name: z.string() })

/** What is read closely. Messages are not: long conversations are the server's to judge, and pass as they are. */
const chatRequest = z.object({
  tools: z.array(z.looseObject({ type: z.string().nullish(), function: definition.nullish() })).nullish(),
  functions: z.array(definition).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string().nullish(), function: name.nullish() })]).nullish(),
  function_call: z.union([z.string(), name]).nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: object.nullish() }).nullish(),
    })
    .nullish(),
})
type Parsed = z.output<typeof chatRequest>

/**
 * Reads a request for a chat completion. Only one that uses tools or a format is validated, as the model server judges
 * the others itself.
 *
 * @throws HostError `invalid_request` with the `param` that is wrong.
 */
export function readChatDemand(bytes: Uint8Array): ChatDemand {
  const body = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  if (!isObject(body)) throw new HostError('invalid_request', 'The body is not valid JSON.')
  const plain = body.tools == null && body.functions == null && body.response_format == null
  if (plain) {
    return {
      bytes,
      body,
      model: textIn(body.model),
      messages: objectsIn(body.messages),
      tools: [],
      choice: 'auto',
      oldClient: false,
      format: undefined,
      stream: body.stream === true,
    }
  }
  const parsed = chatRequest.safeParse(body)
  if (!parsed.success) throw toInvalidRequest(parsed.error)
  return toDemand(bytes, body, parsed.data)
}

function toDemand(bytes: Uint8Array, body: Record<string, unknown>, parsed: Parsed): ChatDemand {
  const offered = (parsed.tools ?? []).flatMap((tool) => tool.function ?? [])
  const oldClient = offered.length === 0 && (parsed.functions?.length ?? 0) > 0
  const choice = choiceOf(parsed, oldClient)
  const tools = (oldClient ? (parsed.functions ?? []) : offered).map((tool) => toSpec(tool))
  return {
    bytes,
    body,
    model: textIn(body.model),
    messages: objectsIn(body.messages),
    tools: choice === 'none' ? [] : tools,
    choice: tools.length === 0 ? 'auto' : choice,
    oldClient,
    format: toAnswerFormat(parsed.response_format),
    stream: body.stream === true,
  }
}

function toSpec({ name: called, description, parameters }: z.output<typeof definition>): ToolSpec {
  return { name: called, ...(description != null && { description }), parameters: parameters ?? {} }
}

function choiceOf({ tool_choice: choice, function_call: older }: Parsed, oldClient: boolean): ToolChoice {
  const given = oldClient ? older : choice
  if (given === 'none' || given === 'required') return given
  if (typeof given !== 'object' || given === null) return 'auto'
  const named = 'function' in given ? given.function : given
  return isObject(named) && typeof named.name === 'string' ? { name: named.name } : 'auto'
}

function toInvalidRequest(error: z.ZodError): HostError {
  const [issue] = error.issues
  const param = z.core.toDotPath(issue?.path ?? [])
  return new HostError('invalid_request', `${param || 'body'}: ${issue?.message ?? 'invalid'}`, { details: { param } })
}
