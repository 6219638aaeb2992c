import { isUtf8 } from 'node:buffer'
import { charsetOf, isHtmlType, isTextType, mediaTypeOf } from './media-type.ts'

/** What is known of a body's encoding. */
export interface EncodedBody {
  readonly bytes: Buffer
  readonly contentType: string
  /** Of the server, whose country says something about old pages. */
  readonly hostname: string
}

/** Names in use that the Encoding standard lacks. */
const otherLabels: ReadonlyMap<string, string> = new Map([
  ['cp949', 'euc-kr'],
  ['ms949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['euckr', 'euc-kr'],
  ['x-euc-kr', 'euc-kr'],
  ['x-windows-949', 'euc-kr'],
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp950', 'big5'],
  ['eucjp', 'euc-jp'],
  ['latin-1', 'windows-1252'],
  ['utf_8', 'utf-8'],
])

/** What old pages that name no encoding are written in, by country; browsers guess alike. */
const countryCharsets: ReadonlyMap<string, string> = new Map([
  ['kr', 'euc-kr'],
  ['jp', 'shift_jis'],
  ['cn', 'gbk'],
  ['tw', 'big5'],
  ['hk', 'big5'],
])

/** Browsers look at 1,024 bytes (HTML standard, "prescan a byte stream"); pages that put scripts first need more. */
const prescannedBytes = 4_096

/** Enough of a text to tell what it is written in. */
const sniffedBytes = 65_536

/**
 * The encoding of a text, by its name in the Encoding standard: by its byte order mark, else the header, else what the
 * markup declares, else UTF-8 unless the bytes are no such thing.
 */
export function detectCharset(body: EncodedBody): string {
  const fromMark = byMark(body.bytes)
  if (fromMark !== undefined) return fromMark
  return toCharset(charsetOf(body.contentType)) ?? byDeclaration(body) ?? bySniffing(body)
}

/** The encoding that a label means; undefined for an unknown one. */
function toCharset(label: string | undefined): string | undefined {
  if (label === undefined) return undefined
  const known = otherLabels.get(label.toLowerCase())
  if (known !== undefined) return known
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

/** A byte order mark outranks everything (Encoding standard, "decode"). */
function byMark(bytes: Buffer): string | undefined {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** `<meta charset>`, `<meta http-equiv>` and the XML declaration; that this much is readable rules out UTF-16. */
function byDeclaration({ bytes, contentType }: EncodedBody): string | undefined {
  const type = mediaTypeOf(contentType)
  // Elsewhere it would be part of what is said, such as a page inside JSON.
  const declares = isHtmlType(type) || /\bxml$/.test(type) || isTextType(type) === undefined
  if (!declares || !bytes.subarray(0, prescannedBytes).includes('<')) return undefined
  const start = bytes.toString('latin1', 0, prescannedBytes).replaceAll(/<!--.*?-->/gs, '')
  const label =
    /^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']{1,40})["']/i.exec(start)?.[1] ??
    /<meta\b[^>]{0,400}?\bcharset\s*=\s*["']?\s*([^\s"'/>;]{1,40})/i.exec(start)?.[1]
  const charset = toCharset(label)
  return charset?.startsWith('utf-16') === true ? 'utf-8' : charset
}

function bySniffing({ bytes, contentType, hostname }: EncodedBody): string {
  if (isUtf8(bytes) || !isRatherLegacy(bytes.subarray(0, sniffedBytes))) return 'utf-8'
  const country = hostname.slice(hostname.lastIndexOf('.') + 1)
  return countryCharsets.get(country) ?? (isHtmlType(mediaTypeOf(contentType)) ? 'windows-1252' : 'utf-8')
}

/** Whether the bytes hold more that is wrong in UTF-8 than that is right; one bad byte makes no text a legacy one. */
function isRatherLegacy(bytes: Buffer): boolean {
  const text = new TextDecoder().decode(bytes, { stream: true })
  // oxlint-disable-next-line no-control-regex -- everything beyond ASCII is the point
  const beyondAscii = text.match(/[^\x00-\x7f]/gu) ?? []
  const wrong = beyondAscii.filter((character) => character === '\uFFFD').length
  return wrong * 2 > beyondAscii.length
}
