import type { z } from 'zod'
import type { ErrorCode } from '../../../core/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, for `/openapi.json`. Every route has one. */
    operation?: Operation
  }
}

/** One route, described with the schemas that it reads and writes. */
export interface Operation {
  tag: Tag
  summary: string
  /** CommonMark. */
  description?: string
  body?: { schema: z.ZodType; example?: unknown; optional?: true }
  query?: z.ZodObject
  /** What the parts of the path mean, by their names. */
  path?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  /** By status. */
  answers: Readonly<Record<number, Answer>>
  /** Besides those that any route may have. */
  errors?: readonly ErrorCode[]
  /** Default: `Error`. */
  errorShape?: ErrorShape
  /** It is answered without a key, too. */
  open?: true
}

export interface Answer {
  description: string
  /** None for an answer without a body. */
  schema?: z.ZodType
  example?: unknown
  /** Default: JSON. */
  type?: string
}

/** How a route writes its failures. */
export type ErrorShape = 'Error' | 'Detail' | 'OpenAIError'

export const tags = {
  chat: 'One turn of a conversation, answered when it is over, or as it comes.',
  runs: 'Runs by themselves: started here, followed, cancelled and answered from anywhere.',
  sessions: 'Conversations that are kept.',
  openai: 'For clients of the OpenAI API. Set their base URL to `/v1` of this service.',
  service: 'The service itself.',
} as const

export type Tag = keyof typeof tags
