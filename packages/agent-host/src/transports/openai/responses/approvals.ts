import type { Message } from '../../../core/message.ts'
import type { ToolCall } from '../../../core/tool.ts'
import { toDenial } from '../../../runs/denial.ts'
import { badRequest } from './bad-request.ts'
import type { ApprovalAnswer } from './input-messages.ts'

/** What the client's answers come to. */
export interface Approvals {
  /** Calls that run now. */
  approved: ToolCall[]
  /** Results that say no, for those that do not. */
  denials: Message[]
  /** The approval request of each approved call, by the call's id. */
  requests: [callId: string, requestId: string][]
}

/**
 * `asked` gives the call that a request was about, by the request's id; in a conversation that the client keeps, the
 * call has the request's own id. @throws HostError `invalid_request` for an answer that nobody asked for.
 */
export function readApprovals(
  answers: readonly ApprovalAnswer[],
  asked: ReadonlyMap<string, string>,
  calls: ReadonlyMap<string, ToolCall>,
): Approvals {
  const approvals: Approvals = { approved: [], denials: [], requests: [] }
  for (const { requestId, approve, reason, path } of answers) {
    const call = calls.get(asked.get(requestId) ?? requestId)
    if (!call) throw badRequest(path, `there is no approval request ${JSON.stringify(requestId)} to answer`)
    if (approve) {
      approvals.approved.push(call)
      approvals.requests.push([call.id, requestId])
    } else approvals.denials.push(toDenial(call, reason))
  }
  return approvals
}
