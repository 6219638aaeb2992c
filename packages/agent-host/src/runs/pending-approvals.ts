import type { ToolCall } from '../core/tool.ts'
import type { Entry } from '../sessions/entry.ts'

/** A call of a parked run that a person has yet to decide about. */
export interface PendingApproval {
  runId: string
  call: ToolCall
  /** ISO 8601; after this the answer counts as no. */
  expiresAt?: string
}

/** What the conversation waits for; nothing once it went on without. */
export function pendingApprovals(path: readonly Entry[]): PendingApproval[] {
  const at = path.findLastIndex(({ body }) => body.type === 'pending')
  const since = path.slice(at + 1)
  const { runId = '', body } = path[at] ?? {}
  if (body?.type !== 'pending' || since.some(({ body: { type } }) => type === 'message')) return []
  const answered = new Set(since.flatMap((entry) => (entry.body.type === 'approval' ? [entry.body.callId] : [])))
  return body.calls.flatMap(({ call, waitsFor, expiresAt }) =>
    waitsFor === 'approval' && !answered.has(call.id)
      ? [{ runId, call, ...(expiresAt !== undefined && { expiresAt }) }]
      : [],
  )
}
