/** Carries values from callbacks to one `for await`; it holds what was not read yet. */
export interface Channel<Value> extends AsyncIterable<Value> {
  send(value: Value): void
  /** Nothing follows; the reader ends, or throws `failure`, once it has read all. */
  close(failure?: Error): void
}

export function createChannel<Value>(): Channel<Value> {
  const held: Value[] = []
  let closed = false
  let failure: Error | undefined
  let wake: (() => void) | undefined
  return {
    send(value) {
      held.push(value)
      wake?.()
    },
    close(reason) {
      closed = true
      failure = reason
      wake?.()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        yield* held.splice(0)
        if (held.length > 0) continue
        if (failure) throw failure
        if (closed) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
