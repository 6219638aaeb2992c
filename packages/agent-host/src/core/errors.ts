/**
 * Every failure that a user can meet, with what each door shows of it. `exit` follows the CLI's exit codes:
 * 1 failure, 2 usage, 3 model server unreachable, 4 denied, waiting for an approval or limit reached, 130 interrupted.
 */
export const errorCodes = {
  invalid_config: { status: 500, type: 'server_error', exit: 2 },
  invalid_request: { status: 400, type: 'invalid_request_error', exit: 2 },
  context_length_exceeded: { status: 400, type: 'invalid_request_error', exit: 1 },
  unknown_tool: { status: 404, type: 'invalid_request_error', exit: 2 },
  not_found: { status: 404, type: 'invalid_request_error', exit: 1 },
  session_exists: { status: 409, type: 'invalid_request_error', exit: 1 },
  session_busy: { status: 409, type: 'conflict', exit: 1 },
  stale_claim: { status: 409, type: 'conflict', exit: 1 },
  call_started: { status: 409, type: 'conflict', exit: 1 },
  not_supported: { status: 501, type: 'invalid_request_error', exit: 1 },
  run_lost: { status: 500, type: 'server_error', exit: 1 },
  already_answered: { status: 409, type: 'conflict', exit: 1 },
  shutting_down: { status: 503, type: 'server_error', exit: 1 },
  store_unavailable: { status: 503, type: 'server_error', exit: 1 },
  store_failed: { status: 503, type: 'server_error', exit: 1 },
  invalid_api_key: { status: 401, type: 'invalid_request_error', exit: 4 },
  forbidden: { status: 403, type: 'permission_error', exit: 4 },
  payload_too_large: { status: 413, type: 'invalid_request_error', exit: 2 },
  rate_limit_exceeded: { status: 429, type: 'requests', exit: 4 },
  too_many_runs: { status: 429, type: 'requests', exit: 4 },
  model_unreachable: { status: 502, type: 'upstream_error', exit: 3 },
  model_failed: { status: 502, type: 'upstream_error', exit: 1 },
  model_timeout: { status: 504, type: 'timeout_error', exit: 1 },
  run_timeout: { status: 504, type: 'timeout_error', exit: 4 },
  tool_server_failed: { status: 500, type: 'server_error', exit: 1 },
  limit_reached: { status: 422, type: 'limit_error', exit: 4 },
  cancelled: { status: 499, type: 'cancelled', exit: 130 },
  internal: { status: 500, type: 'server_error', exit: 1 },
} as const satisfies Record<string, { status: number; type: string; exit: number }>

export type ErrorCode = keyof typeof errorCodes

/** What may leave the process: no stack, no cause, no secret. */
export interface HostErrorBody {
  code: ErrorCode
  message: string
  details?: Record<string, unknown>
}

/** A failure with a code from {@link errorCodes}; `message` and `details` are safe to show to anyone. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly code: ErrorCode
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details
  }

  toBody(): HostErrorBody {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) }
  }
}

/** Any thrown value as a HostError; one that we did not foresee shows nothing of its inside. */
export function toHostError(error: unknown): HostError {
  if (error instanceof HostError) return error
  return new HostError('internal', 'Something went wrong inside agent-host; the log has the details.', { cause: error })
}
