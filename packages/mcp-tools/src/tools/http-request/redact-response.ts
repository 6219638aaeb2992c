import { ToolError } from '../../errors.ts'
import type { FollowedResult } from './follow.ts'
import type { Redactor } from './redactor.ts'

/** `response` without the secrets that its server may have written into it. */
export function redactResponse(response: FollowedResult, redactor: Redactor): FollowedResult {
  const { url, redirects, statusText, headers, body, notes } = response
  const hide = (text: string) => redactor.text(text)
  return {
    ...response,
    url: hide(url),
    redirects: redirects.map(({ status, from, to }) => ({ status, from: hide(from), to: hide(to) })),
    statusText: hide(statusText),
    notes: notes.map(hide),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(hide) : hide(value)]),
    ),
    body: { ...body, bytes: redactor.bytes(body.bytes, body.complete) },
    redact: hide,
  }
}

/** `error` with a message that may be shown and logged. */
export function redactError(error: unknown, redactor: Redactor): unknown {
  if (error instanceof ToolError) return new ToolError(error.code, redactor.text(error.message), { cause: error.cause })
  return error instanceof Error ? new Error(redactor.text(error.message)) : error
}
