/** CSS declarations by property, both in lower case. */
export type Declarations = ReadonlyMap<string, string>

/**
 * Reads what stands between the braces of a rule, or in a `style` attribute; the last of a property counts, unless an
 * earlier one is important.
 */
export function parseDeclarations(css: string): Declarations {
  const normal = new Map<string, string>()
  const important = new Map<string, string>()
  for (const declaration of readable(css).split(';')) {
    const colon = declaration.indexOf(':')
    if (colon === -1) continue
    const value = declaration.slice(colon + 1)
    const plain = value.replace(/!\s*important/, '')
    const declarations = plain === value ? normal : important
    declarations.set(declaration.slice(0, colon).trim(), plain.trim())
  }
  return important.size === 0 ? normal : new Map([...normal, ...important])
}

/**
 * A length in pixels, roughly, for telling tiny and far away from the rest; `percent` is what one of a hundred is worth.
 * Undefined for what is no length.
 */
export function toPixels(value: string | undefined, percent = 10): number | undefined {
  const [, number = '', unit = ''] =
    /^([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|r?em|ex|ch|vw|vh|%)?$/.exec(value ?? '') ?? []
  if (number === '') return undefined
  return Number(number) * (unit === '%' ? percent : (pixelsPerUnit.get(unit) ?? 1))
}

/** Without comments, and with the letters that escapes stand for (CSS Syntax, "consume an escaped code point"). */
export function readable(css: string): string {
  const bare = css.includes('/*') ? withoutComments(css) : css
  const plain = bare.includes('\\') ? bare.replaceAll(/\\(?:([0-9a-f]{1,6})\s?|(.))/gi, toEscaped) : bare
  return plain.toLowerCase()
}

const pixelsPerUnit: ReadonlyMap<string, number> = new Map([
  ['em', 16],
  ['rem', 16],
  ['ex', 8],
  ['ch', 8],
  ['vw', 12],
  ['vh', 8],
])

const lastCodePoint = 0x10_ff_ff

function toEscaped(_escape: string, hex: string | undefined, character: string | undefined): string {
  if (hex === undefined) return character ?? ''
  const codePoint = Number.parseInt(hex, 16)
  return codePoint > lastCodePoint ? '' : String.fromCodePoint(codePoint)
}

/** By hand: a pattern that looks for the end of each `/*` would look through the rest of the text every time. */
function withoutComments(css: string): string {
  const parts: string[] = []
  let position = 0
  for (;;) {
    const start = css.indexOf('/*', position)
    if (start === -1) return [...parts, css.slice(position)].join('')
    parts.push(css.slice(position, start))
    const end = css.indexOf('*/', start + 2)
    if (end === -1) return parts.join('')
    position = end + 2
  }
}
