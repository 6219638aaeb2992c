const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** How a family writes the id of a call: `call_` and 24 characters as OpenAI does, or 9 as Mistral's templates demand. */
type CallIdStyle = 'openai' | 'mistral'

/** Makes random ids of calls. */
export function createCallId(style: CallIdStyle = 'openai'): string {
  return style === 'mistral' ? randomText(9) : `call_${randomText(24)}`
}

function randomText(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  return Array.from(bytes, (byte) => alphanumerics.charAt(byte % alphanumerics.length)).join('')
}
