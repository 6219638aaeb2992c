import { z } from 'zod'
import type { JsonSchema } from '../core/tool.ts'

/** JSON that `response_format` demands. */
export type AnswerFormat = { type: 'json-object' } | { type: 'json-schema'; schema: JsonSchema }

const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  }),
])

/** What a `response_format` demands; `undefined` for text, and for what nobody here knows. */
export function toAnswerFormat(value: unknown): AnswerFormat | undefined {
  const { data: format } = responseFormat.safeParse(value)
  if (format?.type === 'json_object') return { type: 'json-object' }
  if (format?.type === 'json_schema') return { type: 'json-schema', schema: format.json_schema?.schema ?? {} }
  return undefined
}
