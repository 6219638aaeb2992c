import type { Declarations } from './style-declarations.ts'

/** What text is written on; undefined once that can only be known from a style sheet. */
export type Backdrop = string | undefined

/** Pages are white until something says otherwise. */
export const pageBackdrop: Backdrop = '255,255,255'

const named: ReadonlyMap<string, string> = new Map([
  ['white', '255,255,255'],
  ['#fff', '255,255,255'],
  ['#ffffff', '255,255,255'],
  ['snow', '255,255,255'],
  ['black', '0,0,0'],
  ['#000', '0,0,0'],
  ['#000000', '0,0,0'],
])

type Attributes = Readonly<Record<string, string>>

/** What an element's own text is written on, inside something written on `outer`. */
export function toBackdrop(attributes: Attributes, style: Declarations, outer: Backdrop): Backdrop {
  const own = style.get('background-color') ?? style.get('background') ?? attributes.bgcolor
  if (own !== undefined) return /url\(|gradient/.test(own) ? undefined : (toColour(own) ?? outer)
  if (style.has('background-image')) return undefined
  return attributes.class === undefined ? outer : undefined
}

/** Whether an element's text has the very colour of what it is written on. */
export function isInvisible(attributes: Attributes, style: Declarations, backdrop: Backdrop): boolean {
  const colour = toColour(style.get('color') ?? attributes.color)
  return colour !== undefined && colour === backdrop
}

/** One spelling for each colour; undefined where there is none to see. */
function toColour(text: string | undefined): string | undefined {
  const colour = text?.trim().toLowerCase().replaceAll(/\s+/g, '') ?? ''
  if (/^(?:|transparent|none|inherit|initial|unset|currentcolor)$/.test(colour)) return undefined
  const [, hex] = /^#([0-9a-f]{6})(?:ff)?$/.exec(colour) ?? []
  if (hex !== undefined) return [0, 2, 4].map((index) => Number.parseInt(hex.slice(index, index + 2), 16)).join(',')
  const [, rgb] = /^rgba?\((\d{1,3},\d{1,3},\d{1,3})(?:,1(?:\.0*)?)?\)$/.exec(colour) ?? []
  return named.get(colour) ?? rgb ?? colour
}
