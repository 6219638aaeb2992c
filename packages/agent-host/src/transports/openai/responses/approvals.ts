import type { Message } from '../../../core/message.ts'
import type { ToolCall } from '../../../core/tool.ts'
import { toDenial } from '../../../runs/denial.ts'
import { badRequest } from './bad-request.ts'
import type { InputItem } from './input-item.ts'
import type { ApprovalAnswer } from './input-messages.ts'
import { placeOfItem } from './item-id.ts'
import type { NamedTool } from './named-tool.ts'
import type { ResponseRecords } from './response-record.ts'

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
 * The calls that the answered requests of a session were about, by the id of the request: the Response that asked knows,
 * which need not be the last one of a conversation.
 */
export async function findAsked(
  items: readonly InputItem[],
  sessionId: string | undefined,
  records: Pick<ResponseRecords, 'find'>,
): Promise<Map<string, string>> {
  const asked = new Map<string, string>()
  for (const item of items) {
    if (item.type !== 'mcp_approval_response') continue
    const place = placeOfItem(item.approval_request_id)
    const record = place && (await records.find(place.responseId))
    if (!record?.final || record.sessionId !== sessionId) continue
    for (const [requestId, callId] of record.final.asked) asked.set(requestId, callId)
  }
  return asked
}

/**
 * `asked` gives the call that a request was about, by the request's id; in a conversation that the client keeps, the
 * call has the request's own id. `named` are the tools that this request has.
 * @throws HostError `invalid_request` for an answer that nobody asked for, or that allows what cannot be called.
 */
export function readApprovals(
  answers: readonly ApprovalAnswer[],
  asked: ReadonlyMap<string, string>,
  calls: ReadonlyMap<string, ToolCall>,
  named: ReadonlyMap<string, NamedTool>,
): Approvals {
  const approvals: Approvals = { approved: [], denials: [], requests: [] }
  for (const { requestId, approve, reason, path } of answers) {
    const call = calls.get(asked.get(requestId) ?? requestId)
    if (!call) throw badRequest(path, `there is no approval request ${JSON.stringify(requestId)} to answer`)
    if (approve && named.get(call.name)?.kind !== 'mcp') {
      throw badRequest(
        path,
        `the tool ${call.name} that it is about is not in the request; name its MCP server in tools`,
      )
    }
    if (approve) {
      approvals.approved.push(call)
      approvals.requests.push([call.id, requestId])
    } else approvals.denials.push(toDenial(call, reason))
  }
  return approvals
}
