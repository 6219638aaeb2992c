import { charsetOf, isTextType, mediaTypeOf } from './media-type.ts'

/** What a body is, judged by its bytes before its name. */
export interface SniffedType {
  readonly isText: boolean
  /** Whether the bytes say so, and not the server alone. */
  readonly isSure: boolean
  /** A media type; empty where nobody says. */
  readonly type: string
}

/** As far as the marks reach by which formats are told apart. */
const sniffedBytes = 65_536

const textBytes = 1_024

/** What `bytes` are that the server calls `contentType`: many a server calls everything HTML, or nothing by its name. */
export async function sniffType(bytes: Buffer, contentType: string): Promise<SniffedType> {
  const type = mediaTypeOf(contentType)
  const isCalledText = isTextType(type) === true
  if (isCalledText && (isWide(bytes, contentType) || !bytes.subarray(0, textBytes).includes(0))) {
    return { isText: true, isSure: false, type }
  }
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(bytes.subarray(0, sniffedBytes))
  if (found !== undefined && isTextType(found.mime) !== true) return { isText: false, isSure: true, type: found.mime }
  if (isCalledText || isWide(bytes, contentType) || looksLikeText(bytes)) return { isText: true, isSure: false, type }
  return { isText: false, isSure: false, type: type === '' ? 'application/octet-stream' : type }
}

/** Whether a text that nobody gave a type begins like a page. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype html|html|head|body)\b/i.test(text.slice(0, textBytes))
}

/** UTF-16, in which ASCII is full of NUL bytes. */
function isWide(bytes: Buffer, contentType: string): boolean {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  return /^(?:utf-?16|ucs-?2|unicode)/i.test(charsetOf(contentType) ?? '')
}

function looksLikeText(bytes: Buffer): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, textBytes), { stream: true })
  // oxlint-disable-next-line no-control-regex -- control characters are what tells
  return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/.test(start)
}
