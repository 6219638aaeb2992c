import { ToolError } from '../../errors.ts'

/** Both alphabets (RFC 4648 sections 4 and 5), with or without padding. */
const pattern = /^[A-Za-z0-9+/_-]*={0,2}$/

/** The bytes that `text` stands for; white space is passed over. Throws `invalid_body` naming `field`. */
export function decodeBase64(text: string, field: string): Buffer {
  const compact = text.replaceAll(/\s+/g, '')
  const digits = compact.replace(/=+$/, '')
  // One digit over holds six bits, which are no byte.
  if (!pattern.test(compact) || digits.length % 4 === 1) throw new ToolError('invalid_body', `${field} is not base64.`)
  return Buffer.from(digits, 'base64')
}
