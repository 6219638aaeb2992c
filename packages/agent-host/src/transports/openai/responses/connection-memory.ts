import type { ResponseRecord, ResponseRecords } from './response-record.ts'

/**
 * What one connection knows of Responses that are not stored: the last one, which the next may go on from by
 * `previous_response_id`. Nothing of it is left once the connection closes, or a Response fails.
 */
export interface ConnectionMemory extends Pick<ResponseRecords, 'keep'> {
  find(id: string): ResponseRecord | undefined
  forget(): void
  /** Settles once the session of the Response that begins now is not needed any more. */
  hold(): Promise<void>
  close(): void
}

/** For a connection that makes one Response after the other. */
export function createConnectionMemory(): ConnectionMemory {
  let last: { record: ResponseRecord; release: () => void } | undefined
  let release: (() => void) | undefined

  function forget(): void {
    last?.release()
    last = undefined
  }

  return {
    forget,
    find: (id) => (last?.record.id === id ? last.record : undefined),
    hold() {
      const needed = Promise.withResolvers<void>()
      release = needed.resolve
      return needed.promise
    },
    async keep(record) {
      forget()
      if (release && record.final?.response.status !== 'failed') last = { record, release }
      else release?.()
      release = undefined
    },
    close() {
      forget()
      release?.()
    },
  }
}
