import { STATUS_CODES } from 'node:http'

/**
 * How a server wraps its errors: `openai` and `llamacpp` under `error` with OpenAI's types, `vllm` under `error` with
 * Python's exception names, `vllm-flat` (until 0.10) at the top level, `fastapi` as `detail`.
 */
export type ErrorShape = 'openai' | 'vllm' | 'vllm-flat' | 'llamacpp' | 'fastapi'

export function toErrorBody(shape: ErrorShape, status: number, message = STATUS_CODES[status] ?? 'Error'): unknown {
  const exception = exceptionNames[status] ?? (status >= 500 ? 'InternalServerError' : 'BadRequestError')
  switch (shape) {
    case 'openai':
      return { error: { message, type: openAiType(status), param: null, code: null } }
    case 'llamacpp':
      return { error: { code: status, message, type: openAiType(status) } }
    case 'vllm':
      return { error: { message, type: exception, param: null, code: status } }
    case 'vllm-flat':
      return { object: 'error', message, type: exception, param: null, code: status }
    case 'fastapi':
      return { detail: message }
    default:
      throw new Error(`no error shape ${String(shape satisfies never)}`)
  }
}

const exceptionNames: Record<number, string> = { 401: 'AuthenticationError', 404: 'NotFoundError' }

function openAiType(status: number): string {
  if (status === 429) return 'rate_limit_error'
  if (status === 401) return 'authentication_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
