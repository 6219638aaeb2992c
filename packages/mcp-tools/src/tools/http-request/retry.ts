import { ToolError } from '../../errors.ts'
import type { Clock } from './clock.ts'
import type { ExchangeResult } from './exchange.ts'
import type { HostGate } from './host-gate.ts'
import type { HttpLimits } from './limits.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import type { Send, SendResult, SendScope } from './send.ts'
import { isIdempotent } from './idempotent.ts'

/** Sends once and gives whatever came back. */
export type SendOnce = (request: OutgoingRequest, scope: SendScope) => Promise<ExchangeResult>

interface RetryDeps {
  readonly gate: HostGate
  readonly limits: HttpLimits
  readonly clock: Clock
}

/** What came of one attempt. */
type Attempt = { readonly result: ExchangeResult } | { readonly error: unknown; readonly isAnswered: boolean }

/** Statuses of a server that may well answer otherwise a moment later. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Milliseconds before the second attempt, at most; each later one may wait twice as long. */
const firstBackoffMs = 400

/**
 * A {@link Send} that tries again where that can help and does no harm: after a passing status or a lost connection,
 * for a request that may be sent twice. It waits as long as the server asks, and where the deadline comes before that,
 * gives the answer there is.
 */
export function createRetryingSend(sendOnce: SendOnce, { gate, limits, clock }: RetryDeps): Send {
  return async (request, scope) => {
    for (let attempts = 1; ; attempts += 1) {
      const leave = await gate.enter(request.grant, scope.deadline)
      const attempt = await tryOnce(sendOnce, request, scope).finally(leave)
      const askedMs = 'result' in attempt ? toAskedMs(attempt.result, clock) : undefined
      if (attempts < limits.maxAttempts && isIdempotent(request) && isPassing(attempt)) {
        // Never earlier than asked, and never all callers at once.
        const waitMs = Math.max(askedMs ?? 0, toBackoffMs(attempts, clock))
        if (waitMs < scope.deadline.remainingMs()) {
          await clock.wait(waitMs, scope.deadline.signal)
          continue
        }
      }
      return toResult(attempt, attempts, askedMs)
    }
  }
}

async function tryOnce(sendOnce: SendOnce, request: OutgoingRequest, scope: SendScope): Promise<Attempt> {
  let isAnswered = false
  const isWanted: SendScope['isWanted'] = (head) => {
    isAnswered = true
    return scope.isWanted(head)
  }
  try {
    return { result: await sendOnce(request, { ...scope, isWanted }) }
  } catch (error) {
    return { error, isAnswered }
  }
}

function isPassing(attempt: Attempt): boolean {
  if ('result' in attempt) return passingStatuses.has(attempt.result.status)
  return !attempt.isAnswered && attempt.error instanceof ToolError && attempt.error.code === 'connect_failed'
}

function toResult(attempt: Attempt, attempts: number, askedMs: number | undefined): SendResult {
  if ('error' in attempt) throw attempt.error
  const seconds = Math.ceil((askedMs ?? 0) / 1_000)
  const notes = seconds === 0 ? [] : [`The server asks to wait ${seconds} s before the next request.`]
  return { ...attempt.result, attempts, notes }
}

function toAskedMs({ status, headers }: ExchangeResult, clock: Clock): number | undefined {
  return passingStatuses.has(status) ? parseRetryAfter(headers['retry-after'], clock.now()) : undefined
}

function toBackoffMs(attempts: number, clock: Clock): number {
  return firstBackoffMs * 2 ** (attempts - 1) * (0.5 + clock.random() / 2)
}
