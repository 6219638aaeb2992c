import { messageIn } from '../backend/model-refusal.ts'
import type { RawRefusal } from '../backend/model-server.ts'
import type { OpenAIError } from './error-answer.ts'
import { isObject, parseJson } from './wire.ts'

/** A model server's refusal in OpenAI's shape: its own body where it has that shape, else its words in one. */
export function toRefusedBody({ refusal, body }: RawRefusal): string {
  if (hasErrorShape(body)) return body
  const wrapped: OpenAIError = {
    error: { message: refusal.words || refusal.message, type: typeOf(refusal.status), param: null, code: null },
  }
  return JSON.stringify(wrapped)
}

/** An `error` that a server sends in the middle of its answer, in OpenAI's shape. */
export function toErrorShape(error: unknown, redact: (text: string) => string): OpenAIError {
  const { type, param, code } = isObject(error) ? error : {}
  return {
    error: {
      message: redact(messageIn(error) ?? 'The model server failed in the middle of its answer.'),
      type: typeof type === 'string' ? type : 'server_error',
      param: typeof param === 'string' ? param : null,
      code: typeof code === 'string' || typeof code === 'number' ? code : null,
    },
  }
}

function hasErrorShape(body: string): boolean {
  const parsed = parseJson(body)
  return isObject(parsed) && isObject(parsed.error) && typeof parsed.error.message === 'string'
}

/** OpenAI's error types by status. */
function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
