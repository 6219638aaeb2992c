import { ToolError } from '../../errors.ts'
import type { RequestInput } from './schema.ts'

/** A body and the content type to send it under, unless the caller names another. */
export interface RequestBody {
  readonly bytes: Buffer
  readonly contentType: string
}

/** Methods whose body has no meaning, and which some servers read as a second request (RFC 9110 section 9.3.1). */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The body that `json` or `text` asks for. Throws `invalid_body` where both are given, or the method takes none. */
export function toRequestBody({ method, json, text }: RequestInput): RequestBody | undefined {
  if (json === undefined && text === undefined) return undefined
  if (json !== undefined && text !== undefined) {
    throw new ToolError('invalid_body', 'Give either `json` or `text`, not both.')
  }
  if (bodiless.has(method)) {
    throw new ToolError('invalid_body', `${method} takes no body; use \`query\`, or a method such as POST.`)
  }
  if (text !== undefined) return { bytes: Buffer.from(text), contentType: 'text/plain; charset=utf-8' }
  return { bytes: Buffer.from(toJsonText(json)), contentType: 'application/json' }
}

/** Models often write the JSON into a string; an object or array found there is what was meant. */
function toJsonText(json: unknown): string {
  const isWritten = typeof json === 'string' && /^\s*[[{]/.test(json)
  return isWritten && isJsonText(json) ? json : JSON.stringify(json)
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
