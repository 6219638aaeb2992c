import { createHash } from 'node:crypto'
import { ToolError } from '../../errors.ts'
import { decodeBase64 } from './base64.ts'
import type { RequestInput } from './schema.ts'
import { readUpload, type UploadLimits } from './upload-file.ts'

type Part = NonNullable<RequestInput['multipart']>[number]

/** A part as it is sent. */
interface Encoded {
  readonly head: string
  readonly bytes: Uint8Array
}

const escapes: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' }

/**
 * The parts as a multipart/form-data body (RFC 7578); the same parts give the same bytes, so that a user's consent to
 * them still fits when the call is made again. Throws `invalid_body`, and what reading a file throws.
 */
export async function encodeMultipart(
  parts: readonly Part[],
  limits: UploadLimits,
): Promise<{ bytes: Buffer; contentType: string }> {
  const encoded: Encoded[] = []
  let left = limits.maxBytes
  for (const [index, part] of parts.entries()) {
    const { head, bytes } = await encodePart(part, `\`multipart[${index}]\``, { ...limits, maxBytes: left })
    left -= bytes.length
    encoded.push({ head, bytes })
  }
  const boundary = toBoundary(encoded)
  const chunks = encoded.flatMap(({ head, bytes }) => [`--${boundary}\r\n${head}\r\n\r\n`, bytes, '\r\n'])
  const bytes = Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk)))
  return { bytes, contentType: `multipart/form-data; boundary=${boundary}` }
}

async function encodePart(part: Part, field: string, limits: UploadLimits): Promise<Encoded> {
  const given = [part.value, part.file, part.base64].filter((way) => way !== undefined)
  if (given.length !== 1) throw new ToolError('invalid_body', `${field} needs one of value, file, base64.`)
  const { bytes, filename } = await toContent(part, field, limits)
  const disposition = `content-disposition: form-data; name="${escape(part.name)}"`
  if (filename === undefined && part.type === undefined) return { head: disposition, bytes }
  const head = `${disposition}; filename="${escape(part.filename ?? filename ?? part.name)}"`
  return { head: `${head}\r\ncontent-type: ${part.type ?? 'application/octet-stream'}`, bytes }
}

/** The bytes of a part, and its file's name where it is one. */
async function toContent(
  { name, value, file, base64 = '', filename }: Part,
  field: string,
  limits: UploadLimits,
): Promise<{ bytes: Uint8Array; filename?: string | undefined }> {
  if (value !== undefined) return { bytes: Buffer.from(value), filename }
  if (file === undefined) return { bytes: decodeBase64(base64, `${field}.base64`), filename: name }
  const upload = await readUpload(file, limits)
  return { bytes: upload.bytes, filename: upload.name }
}

/** Names as browsers write them (HTML standard, "multipart/form-data encoding algorithm"). */
function escape(name: string): string {
  return name.replaceAll(/["\r\n]/g, (character) => escapes[character] ?? character)
}

/** Nothing can contain its own digest. */
function toBoundary(parts: readonly Encoded[]): string {
  const hash = createHash('sha256')
  for (const { head, bytes } of parts) hash.update(`${bytes.length} ${head}\n`).update(bytes)
  return `part-${hash.digest('hex').slice(0, 40)}`
}
