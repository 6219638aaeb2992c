/**
 * A text as it may be written in an answer: for each of its characters the source of a regular expression. Matched
 * against bytes read as Latin-1, so that it is found in whatever encoding keeps ASCII.
 */
export type SecretPattern = readonly string[]

/** Shorter pieces of Base64 are in ordinary text too. */
const shortestBase64 = 6

/** Every way in which `text` may be written: as it is or escaped, and inside Base64 at each of its three alignments. */
export function toSecretPatterns(text: string): readonly SecretPattern[] {
  const aligned = [0, 1, 2].map((offset) => toBase64Core(Buffer.from(text), offset))
  const packed = aligned.filter((core) => core.length >= shortestBase64).map((core) => Array.from(core, toBase64Unit))
  return [Array.from(text, toUnit), ...packed]
}

/** One character in any spelling: itself, in UTF-8, URLs, JSON strings and HTML, each once more inside JSON or a URL. */
function toUnit(character: string): string {
  const bytes = Buffer.from(character)
  const literal = escape(bytes.toString('latin1'))
  const percent = [...bytes].map((byte) => `%(?:25){0,3}${toHex(byte, 2)}`).join('')
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  const unicode = units.map((unit) => String.raw`\\{1,4}u${toHex(unit, 4)}`).join('')
  const code = character.codePointAt(0) ?? 0
  const entity = `&(?:amp;)?#(?:0{0,6}${code}|[xX]0{0,6}${toHex(code, 1)});`
  const named = entities.get(character)
  // Escapes first: the literal may be their beginning.
  return `(?:${[
    percent,
    unicode,
    entity,
    ...(named === undefined ? [] : [`&(?:amp;)?${named};`]),
    ...(character === ' ' ? [String.raw`\+`] : []),
    ...(code > 0x7f ? [escape(character)] : []),
    /\w/.test(character) ? literal : String.raw`\\{0,4}${literal}`,
  ].join('|')})`
}

/** Base64 has two alphabets (RFC 4648 section 5). */
function toBase64Unit(character: string): string {
  if (character === '+') return `(?:${toUnit('+')}|-)`
  return character === '/' ? `(?:${toUnit('/')}|_)` : character
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', 'amp'],
  ['<', 'lt'],
  ['>', 'gt'],
  ['"', 'quot'],
  ["'", 'apos'],
])

/** The characters of Base64 that `bytes` alone decide where they begin `offset` bytes after a group of three. */
function toBase64Core(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64url')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
}

/** Hexadecimal digits in either case. */
function toHex(value: number, width: number): string {
  const digits = value.toString(16).padStart(width, '0')
  return digits.replaceAll(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}
