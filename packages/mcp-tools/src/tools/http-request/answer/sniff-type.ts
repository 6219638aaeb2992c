import { isTextType } from './media-type.ts'

/** What a body is, judged by its bytes before its name. */
export interface SniffedType {
  readonly isText: boolean
  readonly type: string
}

/** As far as the marks reach by which formats are told apart. */
const sniffedBytes = 65_536

const textBytes = 1_024

/** What `bytes` are that the server calls `type`; servers call many things `text/html` or `application/octet-stream`. */
export async function sniffType(bytes: Buffer, type: string, isWide: boolean): Promise<SniffedType> {
  const named = isTextType(type)
  if (named === true && (isWide || !bytes.subarray(0, textBytes).includes(0))) return { isText: true, type }
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(bytes.subarray(0, sniffedBytes))
  if (found !== undefined && !isXml(found.mime)) return { isText: false, type: found.mime }
  if (named === true || looksLikeText(bytes)) return { isText: true, type }
  return { isText: false, type: type === '' ? 'application/octet-stream' : type }
}

function isXml(type: string): boolean {
  return isTextType(type) === true
}

function looksLikeText(bytes: Buffer): boolean {
  const start = bytes.subarray(0, textBytes)
  const text = new TextDecoder().decode(start, { stream: true })
  // oxlint-disable-next-line no-control-regex -- control characters are what tells
  return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/.test(text)
}
