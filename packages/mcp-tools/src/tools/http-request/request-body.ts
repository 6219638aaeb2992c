import { ToolError } from '../../errors.ts'
import { decodeBase64 } from './base64.ts'
import { encodeMultipart } from './multipart.ts'
import type { RequestInput } from './schema.ts'
import type { UploadLimits } from './upload-file.ts'

/** A body and the content type to send it under. */
export interface RequestBody {
  readonly bytes: Buffer
  readonly contentType: string
  /** Whether only this content type tells how to read it; else the caller may name another. */
  readonly isTypeFixed?: true
}

/** Methods whose body has no meaning, and which some servers read as a second request (RFC 9110 section 9.3.1). */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The fields that make a body. */
const kinds = ['json', 'text', 'form', 'multipart', 'base64'] as const

/**
 * The body that the input asks for, or undefined for none. Throws `invalid_body` where more than one is given, or the
 * method takes none, and what reading a file throws.
 */
export async function toRequestBody(input: RequestInput, limits: UploadLimits): Promise<RequestBody | undefined> {
  const given = kinds.filter((kind) => input[kind] !== undefined)
  if (given.length === 0) return undefined
  if (given.length > 1) {
    const named = given.map((kind) => `\`${kind}\``).join(' and ')
    throw new ToolError('invalid_body', `Give one body, not ${named}.`)
  }
  if (bodiless.has(input.method)) {
    throw new ToolError('invalid_body', `${input.method} takes no body; use \`query\`, or a method such as POST.`)
  }
  const { json, text, form, multipart, base64 } = input
  if (text !== undefined) return { bytes: Buffer.from(text), contentType: 'text/plain; charset=utf-8' }
  if (form !== undefined) return { bytes: toFormBytes(form), contentType: 'application/x-www-form-urlencoded' }
  if (multipart !== undefined) return { ...(await encodeMultipart(multipart, limits)), isTypeFixed: true }
  if (base64 !== undefined) return { bytes: decodeBase64(base64, '`base64`'), contentType: 'application/octet-stream' }
  return { bytes: Buffer.from(toJsonText(json)), contentType: 'application/json' }
}

function toFormBytes(form: NonNullable<RequestInput['form']>): Buffer {
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const each of [value].flat()) fields.append(name, String(each))
  }
  return Buffer.from(fields.toString())
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
