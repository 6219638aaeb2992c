import type { Declarations } from './style-declarations.ts'

/** How text looks, as far as the page itself says; undefined is what only a style sheet can tell. */
export interface Look {
  /** The colour of the letters. */
  readonly ink: string | undefined
  /** The colour they are on. */
  readonly backdrop: string | undefined
}

/** Pages are white until something says otherwise. */
export const pageLook: Look = { ink: undefined, backdrop: '255,255,255' }

/** Of the names, those that are also written otherwise. */
const named: ReadonlyMap<string, string> = new Map([
  ['white', '255,255,255'],
  ['black', '0,0,0'],
])

type Attributes = Readonly<Record<string, string>>

/** How an element's own text looks, inside something that looks like `outer`. */
export function toLook(attributes: Attributes, style: Declarations, outer: Look): Look {
  return {
    ink: toColour(style.get('color') ?? attributes.color) ?? outer.ink,
    backdrop: toBackdrop(attributes, style, outer.backdrop),
  }
}

/** Whether text has the very colour of what it is on. */
export function isInvisible({ ink, backdrop }: Look): boolean {
  return ink !== undefined && ink === backdrop
}

function toBackdrop(attributes: Attributes, style: Declarations, outer: string | undefined): string | undefined {
  const own = style.get('background-color') ?? style.get('background') ?? attributes.bgcolor
  if (own !== undefined) return /url\(|gradient/.test(own) ? undefined : (toColour(own) ?? outer)
  // By these a style sheet paints.
  const isPaintable = attributes.class !== undefined || attributes.id !== undefined
  return isPaintable || style.has('background-image') ? undefined : outer
}

/** One spelling for each colour; undefined where there is none to see. */
function toColour(text: string | undefined): string | undefined {
  const colour = text?.trim().toLowerCase().replaceAll(/\s+/g, '') ?? ''
  if (/^(?:|transparent|none|inherit|initial|unset|currentcolor)$/.test(colour)) return undefined
  const [, hex] = /^#([0-9a-f]{6})(?:ff)?$/.exec(colour.replace(/^#(.)(.)(.)f?$/, '#$1$1$2$2$3$3')) ?? []
  if (hex !== undefined) return [0, 2, 4].map((index) => Number.parseInt(hex.slice(index, index + 2), 16)).join(',')
  const [, rgb] = /^rgba?\((\d{1,3},\d{1,3},\d{1,3})(?:,1(?:\.0*)?)?\)$/.exec(colour) ?? []
  return named.get(colour) ?? rgb ?? colour
}
