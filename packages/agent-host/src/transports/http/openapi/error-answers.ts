import { z } from 'zod'
import { type ErrorCode, errorCodes } from '../../../core/errors.ts'
import type { Operation } from './operation.ts'
import type { DocumentedAnswer } from './document-types.ts'
import type { Schemas } from './schemas.ts'

const code = z.enum(Object.keys(errorCodes) as ErrorCode[])

/** What is said of a failure, by the shape that a route writes it in. */
const shapes = {
  Error: z
    .object({
      error: z.object({ code, message: z.string(), details: z.record(z.string(), z.unknown()).optional() }),
    })
    .meta({ id: 'Error', description: 'What went wrong and what to do, for people; `code` is for programs.' }),
  Detail: z.object({ detail: z.string() }).meta({ id: 'Detail', description: 'What went wrong and what to do.' }),
  OpenAIError: z
    .object({
      error: z.object({
        message: z.string(),
        type: z.string(),
        param: z.string().nullable(),
        code: z.union([z.string(), z.number()]).nullable(),
      }),
    })
    .meta({ id: 'OpenAIError', description: 'An error as the OpenAI API writes it.' }),
}

const always: readonly ErrorCode[] = ['forbidden', 'internal']
const withKeys: readonly ErrorCode[] = ['invalid_api_key', 'rate_limit_exceeded']
const withInput: readonly ErrorCode[] = ['invalid_request', 'payload_too_large']

/** Every failure of a route, by status. What the guard before all routes refuses is in the usual shape. */
export function toErrorAnswers(operation: Operation, schemas: Schemas): Record<string, DocumentedAnswer> {
  const own = [
    ...(operation.errors ?? []),
    ...always,
    ...(operation.open ? [] : withKeys),
    ...(operation.body || operation.query ? withInput : []),
  ]
  const byStatus = Map.groupBy(new Set(own), (each) => errorCodes[each].status)
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in operation.answers))
      .map(([status, codes]) => {
        const shape = status === 401 || status === 403 || status === 429 ? guardShape(operation) : operation.errorShape
        const schema = schemas.add(shapes[shape ?? 'Error'], 'output')
        const retry = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } }
        return [
          String(status),
          {
            description: codes.map((each) => `\`${each}\``).join(', '),
            ...(status === 429 && { headers: retry }),
            content: { 'application/json': { schema } },
          },
        ]
      }),
  )
}

function guardShape({ errorShape }: Operation): Operation['errorShape'] {
  return errorShape === 'OpenAIError' ? errorShape : 'Error'
}
