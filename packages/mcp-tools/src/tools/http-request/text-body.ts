import { TextDecoder } from 'node:util'

/** A body as far as it is text. */
export interface TextBody {
  readonly kind: 'text' | 'binary' | 'empty'
  /** Empty unless `kind` is `text`. */
  readonly text: string
  /** The encoding it was read in. */
  readonly charset?: string
}

/** Media types that are text without being called so. */
const textTypes =
  /^(?:text\/|application\/(?:.*\+)?(?:json|xml|yaml|toml)\b|application\/(?:x-)?(?:javascript|ecmascript|ndjson|jsonlines|json-seq|www-form-urlencoded|x-www-form-urlencoded|graphql|sql|yaml|sh)\b|image\/svg\+xml|message\/|multipart\/)/

/** Media types that say nothing about what is inside. */
const unknownTypes = /^(?:$|application\/octet-stream|binary\/octet-stream|unknown\/)/

const sniffedBytes = 1_024

/** Reads `bytes` as the text that `contentType` says it is; a cut-off last character is dropped, bad ones become U+FFFD. */
export function toTextBody(bytes: Buffer, contentType: string, complete: boolean): TextBody {
  if (bytes.length === 0) return { kind: 'empty', text: '' }
  const type = mediaTypeOf(contentType)
  const isText = textTypes.test(type) || (unknownTypes.test(type) && looksLikeText(bytes))
  if (!isText) return { kind: 'binary', text: '' }
  const decoder = toDecoder(bytes, /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1])
  return { kind: 'text', text: decoder.decode(bytes, { stream: !complete }), charset: decoder.encoding }
}

/** `text/html` of `text/html; charset=utf-8`, in lower case. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase()
}

/** `part` of `text` from character `start` on, at most `length` long, and never half of a surrogate pair. */
export function sliceText(text: string, start: number, length: number): { part: string; end: number } {
  const from = isLowSurrogate(text, start) ? start + 1 : start
  const wanted = Math.min(from + length, text.length)
  // One character is the least that makes progress, even where it takes two units.
  const end = isLowSurrogate(text, wanted) ? (wanted - 1 > from ? wanted - 1 : wanted + 1) : wanted
  return { part: text.slice(from, end), end }
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** A byte order mark outranks the header (Encoding standard, "decode"); what nobody knows is read as UTF-8. */
function toDecoder(bytes: Buffer, label = 'utf-8'): TextDecoder {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le')
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be')
  try {
    return new TextDecoder(first === 0xef && second === 0xbb ? 'utf-8' : label)
  } catch {
    return new TextDecoder()
  }
}

function looksLikeText(bytes: Buffer): boolean {
  const start = bytes.subarray(0, sniffedBytes)
  return !start.includes(0) && !new TextDecoder().decode(start, { stream: true }).includes('\uFFFD')
}
