import { isIP, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { buildConnector } from 'undici'
import { ToolError } from '../../errors.ts'
import { untilAborted } from './deadline.ts'
import { toErrorCode } from './error-code.ts'
import { toBareName } from './host-names.ts'
import type { ClientCertificate } from './identity.ts'
import type { Grant } from './policy.ts'
import { portOf } from './rule.ts'

/** Starts TLS over a connection that has been checked. Throws `tls_failed`. */
export type StartTls = (socket: Socket, grant: Grant, signal: AbortSignal) => Promise<Socket>

/** Makes a {@link StartTls}; `ca` are PEM certificates to trust instead of the public authorities. */
export function createStartTls({ ca, timeoutMs }: { ca: readonly string[] | undefined; timeoutMs: number }): StartTls {
  // Connectors take up TLS sessions again by host name: one for each certificate, so that none speaks for another.
  const connectors = new Map<ClientCertificate | undefined, buildConnector.connector>()
  const toConnector = (certificate: ClientCertificate | undefined) => {
    const known = connectors.get(certificate)
    if (known !== undefined) return known
    const { cert, key, passphrase } = certificate ?? {}
    const connector = buildConnector({
      // One connection carries one request at a time, checked for it alone.
      allowH2: false,
      timeout: timeoutMs,
      // Said here because NODE_TLS_REJECT_UNAUTHORIZED would otherwise turn the check off.
      rejectUnauthorized: true,
      // Made once: a long list of authorities takes a while to read.
      secureContext: createSecureContext({ ca: ca === undefined ? undefined : [...ca], cert, key, passphrase }),
    })
    connectors.set(certificate, connector)
    return connector
  }

  return async (socket, { url, identity }, signal) => {
    const secure = toConnector(identity?.certificate)
    const name = toBareName(url.hostname.replace(/^\[(.*)\]$/, '$1'))
    const handshake = new Promise<Socket>((resolve, reject) => {
      secure(
        {
          hostname: name,
          host: url.host,
          protocol: 'https:',
          port: String(portOf(url)),
          httpSocket: socket,
          // Server names are names, never addresses (RFC 6066 section 3).
          ...(isIP(name) === 0 && { servername: name }),
        },
        (error, upgraded) => (error === null ? resolve(upgraded) : reject(error)),
      )
    })
    try {
      return await untilAborted(handshake, signal)
    } catch (error) {
      signal.throwIfAborted()
      const message = `No trusted TLS connection to ${url.host} (${toErrorCode(error)}).`
      throw new ToolError('tls_failed', message, { cause: error })
    }
  }
}
