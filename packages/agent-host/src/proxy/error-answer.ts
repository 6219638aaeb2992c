import { errorCodes, type HostError } from '../core/errors.ts'

/** An error as OpenAI's API writes it. */
export interface OpenAIError {
  error: { message: string; type: string; param: string | null; code: string | number | null }
}

/** Our own failure in OpenAI's shape. */
export function toOpenAIError(error: HostError): OpenAIError {
  const { param } = error.details ?? {}
  return {
    error: {
      message: error.message,
      type: errorCodes[error.code].type,
      param: typeof param === 'string' ? param : null,
      code: error.code,
    },
  }
}

/** The end of a stream that failed: an event that OpenAI's clients throw, and the mark that nothing follows. */
export function toErrorEvents(body: object): string {
  return `data: ${JSON.stringify(body)}\n\ndata: [DONE]\n\n`
}
