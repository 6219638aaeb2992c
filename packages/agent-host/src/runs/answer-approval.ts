import { HostError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import type { Message } from '../core/message.ts'
import type { ToolCall } from '../core/tool.ts'
import type { Entry, EntryBody } from '../sessions/entry.ts'
import { toDenial } from './denial.ts'
import type { HoldSession } from './hold-session.ts'
import type { Run } from './run.ts'
import type { StartRun } from './start-run.ts'
import type { Stores } from './stores.ts'

export interface ApprovalAnswer {
  decision: 'approved' | 'denied'
  /** Who decided, as far as is known. */
  by?: string | undefined
  /** Why not, for the model. */
  reason?: string | undefined
}

type Pending = Extract<EntryBody, { type: 'pending' }>

/**
 * Writes down what was decided about a call of a parked run, once. Gives the run that goes on in its place, or
 * `undefined` where other calls of it still wait.
 *
 * @throws HostError `not_found` where no such call waits, `already_answered` also where the conversation went on without.
 */
export async function answerApproval(
  { id: runId, sessionId, model, endpoint }: Run,
  callId: string,
  answer: ApprovalAnswer,
  { sessions }: Pick<Stores, 'sessions'>,
  hold: HoldSession,
): Promise<StartRun | undefined> {
  const signal = new AbortController().signal
  const held = await hold({ sessionId, runId: createId('run'), onBusy: 'queue', signal })
  try {
    const entries = await sessions.entries(sessionId)
    const pending = findPending(entries, runId, callId)
    const answers = answersOf(entries, pending.body)
    let tip = tipOf(entries, pending.entry)
    const wentOn = entries.some(({ parentId }) => parentId === tip.id)
    if (answers.has(callId)) {
      // Who answered may have been lost before the run went on; then the same answer lets it.
      if (wentOn) throw alreadyAnswered(runId, callId)
    } else {
      if (wentOn) throw tooLate(sessionId, callId)
      const body = toApproval(pending.body, callId, answer)
      tip = (await sessions.append(held.lease.claim(), [{ parentId: tip.id, runId, body }]))[0] ?? tip
      answers.set(callId, body)
    }
    const waiting = pending.body.calls.filter(({ call, waitsFor }) => waitsFor === 'client' || !answers.has(call.id))
    if (waiting.length > 0) return undefined
    return { sessionId, parentId: tip.id, unlessContinued: true, ...split(pending.body, answers), model, endpoint }
  } finally {
    await held.release()
  }
}

function alreadyAnswered(runId: string, callId: string): HostError {
  return new HostError('already_answered', `The call ${callId} of the run ${runId} was answered already.`)
}

function tooLate(sessionId: string, callId: string): HostError {
  const message = `The conversation ${sessionId} went on without an answer to the call ${callId}.`
  return new HostError('already_answered', message)
}

type Approval = Extract<EntryBody, { type: 'approval' }>

function findPending(entries: readonly Entry[], runId: string, callId: string): { entry: Entry; body: Pending } {
  for (const entry of entries) {
    const { body } = entry
    if (entry.runId !== runId || body.type !== 'pending') continue
    if (body.calls.some(({ call, waitsFor }) => call.id === callId && waitsFor === 'approval')) return { entry, body }
  }
  throw new HostError('not_found', `No call ${callId} of the run ${runId} waits for an approval.`)
}

function answersOf(entries: readonly Entry[], { messageId }: Pending): Map<string, Approval> {
  const own = entries.flatMap(({ body }) => (body.type === 'approval' && body.messageId === messageId ? [body] : []))
  return new Map(own.map((body) => [body.callId, body]))
}

/** An answer that comes too late is a no. */
function toApproval({ messageId, calls }: Pending, callId: string, answer: ApprovalAnswer): Approval {
  const expiresAt = calls.find(({ call }) => call.id === callId)?.expiresAt
  const isLate = expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()
  const { decision, by, reason } = isLate
    ? { decision: 'denied' as const, by: 'expiry', reason: `No answer came before ${expiresAt}.` }
    : answer
  return {
    type: 'approval',
    messageId,
    callId,
    decision,
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
  }
}

/** The last entry that belongs to the parked run: answers hang below it, and below each other. */
function tipOf(entries: readonly Entry[], pending: Entry): Entry {
  return entries.findLast(({ runId }) => runId === pending.runId) ?? pending
}

/** The calls to make, and results that say no to the others. */
function split({ calls }: Pending, answers: ReadonlyMap<string, Approval>): { calls: ToolCall[]; messages: Message[] } {
  const approved: ToolCall[] = []
  const denials: Message[] = []
  for (const { call } of calls) {
    const answer = answers.get(call.id)
    if (answer?.decision === 'approved') approved.push(call)
    else denials.push(toDenial(call, answer?.reason))
  }
  return { calls: approved, messages: denials }
}
