import type { RawRefusal } from '../backend/model-server.ts'
import type { OpenAIError } from './error-answer.ts'

/** A model server's refusal in OpenAI's shape: its own body where it has that shape, else its words in one. */
export function toRefusedBody({ refusal, body }: RawRefusal): string {
  if (hasErrorShape(body)) return body
  const wrapped: OpenAIError = {
    error: { message: refusal.words || refusal.message, type: typeOf(refusal.status), param: null, code: null },
  }
  return JSON.stringify(wrapped)
}

function hasErrorShape(body: string): boolean {
  try {
    const parsed = JSON.parse(body) as { error?: { message?: unknown } } | null
    return typeof parsed?.error?.message === 'string'
  } catch {
    // Not JSON, as from a web server in front of the model server.
    return false
  }
}

/** OpenAI's error types by status. */
function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
