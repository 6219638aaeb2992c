import { readFile } from 'node:fs/promises'
import type { ClientCertificate } from '../tools/http-request/identity.ts'
import type { Settings } from './table.ts'

/** Where the paths of the settings are, given those of the config file: beside it. */
export type ToPath = (path: string) => string

/** The client certificates with what is in their files. Throws an `Error` naming the file, or the pair that does not fit. */
export async function readClientCertificates(
  { clientCertificates }: Settings,
  toPath: ToPath,
  env: NodeJS.ProcessEnv,
): Promise<readonly ClientCertificate[]> {
  if (clientCertificates.length === 0) return []
  const { createSecureContext } = await import('node:tls')
  return Promise.all(
    clientCertificates.map(async ({ origin, cert, key, passphraseFrom }) => {
      const at = `clientCertificates: ${origin}`
      if (!origin.startsWith('https:')) throw new Error(`${at}: certificates are shown over https only`)
      const passphrase = passphraseFrom === undefined ? undefined : env[passphraseFrom]
      if (passphraseFrom !== undefined && !passphrase) {
        throw new Error(`${at}: the environment variable ${passphraseFrom} is not set`)
      }
      const certificate = { origin, cert: await read(toPath(cert), at), key: await read(toPath(key), at), passphrase }
      try {
        createSecureContext(certificate)
      } catch (error) {
        throw new Error(`${at}: ${cert} and ${key} cannot be used together (${toReason(error)})`, { cause: error })
      }
      return certificate
    }),
  )
}

/** The public authorities and those of the settings; undefined where the settings name none, for Node's own. */
export async function readAuthorities({ ca }: Settings, toPath: ToPath): Promise<readonly string[] | undefined> {
  if (ca.length === 0) return undefined
  const { createSecureContext, getCACertificates } = await import('node:tls')
  const own = await Promise.all(ca.map(async (path) => read(toPath(path), 'ca')))
  for (const [index, pem] of own.entries()) {
    // Anything that is not a certificate would be passed over in silence.
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`ca: ${ca[index]} holds no PEM certificate`)
    try {
      createSecureContext({ ca: pem })
    } catch (error) {
      throw new Error(`ca: ${ca[index]} cannot be read (${toReason(error)})`, { cause: error })
    }
  }
  return [...getCACertificates('default'), ...own]
}

async function read(path: string, at: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`${at}: ${path} cannot be read (${toReason(error)})`, { cause: error })
  })
}

/** OpenSSL's own words for its errors, the system's code for others. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'reason' in error ? String(error.reason) : 'code' in error ? String(error.code) : error.message
}
