import { ToolError } from '../../errors.ts'
import { type Clock, systemClock } from './clock.ts'

/** The end of a call: when its time is up, or its caller gives up. */
export interface Deadline {
  /** Aborts at the end, with the error to report as its reason. */
  readonly signal: AbortSignal
  /** Milliseconds left, by the clock. */
  remainingMs(): number
  /** Forgets timer and caller; to be called once the call is over. */
  end(): void
}

/** A deadline `timeoutMs` from now, or when `caller` aborts. */
export function createDeadline(timeoutMs: number, caller?: AbortSignal, clock: Clock = systemClock): Deadline {
  const endsAt = clock.now() + timeoutMs
  const controller = new AbortController()
  const onCancel = () => controller.abort(new ToolError('cancelled', 'The call was cancelled.'))
  const onTimeout = () =>
    controller.abort(
      new ToolError('timeout', `No complete answer within ${timeoutMs} ms. Ask with a larger \`timeout_ms\`.`),
    )
  const timer = setTimeout(onTimeout, timeoutMs)
  if (caller?.aborted === true) onCancel()
  caller?.addEventListener('abort', onCancel, { once: true })
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endsAt - clock.now()),
    end() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', onCancel)
    },
  }
}

/** `work`, or the signal's reason if that comes first: for work that cannot be stopped, only left behind. */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason as Error)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
