import type { Cancellation } from '../backend/raw-exchange.ts'

/** Where an answer goes: the client's side of one request. It is cancelled by a client that leaves. */
export interface Outlet extends Cancellation {
  /** The same as a signal, for what wants one. */
  signal(): AbortSignal
  /** Status and headers; once, before anything else. */
  start(status: number, headers: AnswerHeaders): void
  /** False where the client is slower than the model; `onDrain`'s listener is called when it has caught up. */
  write(bytes: Uint8Array | string): boolean
  end(bytes?: Uint8Array | string): void
  /** Breaks the connection off, the only way to say that a body without an end of its own is not whole. */
  fail(error: Error): void
  onDrain(listener: () => void): void
}

export type AnswerHeaders = Readonly<Record<string, string | string[]>>
