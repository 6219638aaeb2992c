import type { Usage } from '../core/events.ts'
import type { Message, Part } from '../core/message.ts'
import type { ToolSpec } from '../core/tool.ts'

/** Bytes of text that make a token, until the model server has counted: less than in most languages. */
export const usualBytesPerToken = 3

/** What an image, a sound or a file counts for, in bytes of text; how many tokens it makes, no server tells before. */
const mediaBytes = 3000

/** What a message or a call has besides its text. */
const framingBytes = 20

/** Bytes of text in what a model is shown; `perMedium` is what anything but text counts for. */
export function contextBytes(
  messages: readonly Message[],
  tools: readonly ToolSpec[],
  perMedium: number = mediaBytes,
): number {
  const toolBytes = tools.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(tools))
  return messages.reduce((sum, message) => sum + messageBytes(message, perMedium), toolBytes)
}

export function messageBytes({ parts }: Message, perMedium: number = mediaBytes): number {
  return parts.reduce((sum, part) => sum + partBytes(part, perMedium), framingBytes)
}

function partBytes(part: Part, perMedium: number): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return Buffer.byteLength(part.text)
    case 'reasoning':
      return Buffer.byteLength(part.text ?? '')
    case 'tool-call':
      return Buffer.byteLength(part.call.arguments) + framingBytes
    case 'tool-result':
      return part.parts.reduce((sum, each) => sum + partBytes(each, perMedium), framingBytes)
    case 'image':
    case 'audio':
    case 'file':
      return perMedium
  }
}

/** What the server's own count says of how many bytes make a token; `undefined` where it did not count. */
export function measuredBytesPerToken(bytes: number, usage: Usage | undefined): number | undefined {
  if (!usage || usage.inputTokens <= 0 || bytes === 0) return undefined
  return Math.min(8, Math.max(0.5, bytes / usage.inputTokens))
}
