import { connect as connectSocket, isIPv6, type Socket } from 'node:net'

/** A plain TCP connection on which nothing has been sent. */
export interface Connection {
  readonly socket: Socket
  /** The address the connection really goes to. */
  readonly remoteAddress: string
}

/** Opens a TCP connection to the first of `addresses` that answers. Rejects with the signal's reason once it aborts. */
export type Connect = (
  to: { readonly addresses: readonly string[]; readonly port: number },
  signal: AbortSignal,
) => Promise<Connection>

/** How long one address may take before the next is tried too; Node's own 250 ms is short for another continent. */
const attemptTimeoutMs = 1_000

export const connectOverTcp: Connect = ({ addresses, port }, signal) => {
  const { promise, resolve, reject } = Promise.withResolvers<Connection>()
  const answers = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  const socket = connectSocket({
    port,
    // Never looked up: every address is given, and only those.
    host: 'checked.invalid',
    lookup: (_host, _options, callback) => callback(null, answers),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
  })
  const onAbort = () => {
    socket.destroy()
    reject(signal.reason as Error)
  }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  socket.once('connect', () => {
    signal.removeEventListener('abort', onAbort)
    socket.off('error', onError)
    resolve({ socket, remoteAddress: socket.remoteAddress ?? '' })
  })
  const onError = (error: Error) => {
    signal.removeEventListener('abort', onAbort)
    reject(error)
  }
  socket.once('error', onError)
  return promise
}
