import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto'

/** Closes text so that a client can keep it without reading or changing it. */
export interface Seal {
  /** The same text is sealed the same each time, so that a stream that is read again is the same. */
  seal(text: string): string
  /** `undefined` for what this key did not seal. */
  unseal(sealed: string): string | undefined
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * `secret` must stay the same for what was sealed to be opened again, and be shared by all replicas. It is asked for
 * once, when something is sealed or opened for the first time.
 */
export function createSeal(secret: () => string): Seal {
  let known: Buffer | undefined
  const key = (): Buffer => (known ??= createHash('sha256').update(secret()).digest())
  return {
    seal(text) {
      // Never the same for two texts, which is all that the cipher asks of it.
      const nonce = createHmac('sha256', key()).update(text).digest().subarray(0, nonceBytes)
      const cipher = createCipheriv(algorithm, key(), nonce)
      const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), bytes]).toString('base64url')
    },
    unseal(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      const opener = key()
      try {
        const decipher = createDecipheriv(algorithm, opener, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString()
      } catch {
        // The tag does not fit: another key, or somebody changed it.
        return undefined
      }
    },
  }
}
