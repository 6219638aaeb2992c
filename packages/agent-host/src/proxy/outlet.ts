/** Where an answer goes: the client's side of one request. */
export interface Outlet {
  /** Aborted when the client is gone before its answer was whole. */
  readonly gone: AbortSignal
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
