import { type Look, toLook } from './colours.ts'
import { isHiding } from './hiding-style.ts'
import { type Declarations, parseDeclarations } from './style-declarations.ts'

/** An element as a parser reports it. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Elements whose content is not text for readers. */
const neverShown: ReadonlySet<string> = new Set(
  'applet audio canvas embed frameset iframe link meta noembed noframes noscript object param script source style svg template track video'.split(
    ' ',
  ),
)

/** Classes by which common style sheets hide text from eyes, though not from screen readers. */
const hidingClasses: ReadonlySet<string> = new Set([
  'sr-only',
  'visually-hidden',
  'visuallyhidden',
  'screen-reader-text',
  'screenreader',
])

/** Elements that a page hides only until its script is ready. */
const framing: ReadonlySet<string> = new Set(['html', 'body'])

const noStyle: Declarations = new Map()

/** What an element means for what is inside it: whether that shows, and how. */
export interface Visibility {
  readonly isHidden: boolean
  readonly look: Look
}

/** Whether a person who looks at the page sees what is in the element, as far as that can be told without a browser. */
export function toVisibility(element: Element, hidingSelectors: ReadonlySet<string>, outer: Look): Visibility {
  const { name, attributes } = element
  const style = attributes.style === undefined ? noStyle : parseDeclarations(attributes.style)
  const isHidden =
    neverShown.has(name) ||
    (!framing.has(name) && (isMarkedHidden(element) || isHidingSelected(element, hidingSelectors) || isHiding(style)))
  return { isHidden, look: toLook(attributes, style, outer) }
}

function isMarkedHidden({ name, attributes }: Element): boolean {
  if (attributes.hidden !== undefined && attributes.hidden !== 'until-found') return true
  if (attributes['aria-hidden']?.trim().toLowerCase() === 'true') return true
  if (name === 'dialog') return attributes.open === undefined
  return name === 'input' && attributes.type?.toLowerCase() === 'hidden'
}

function isHidingSelected({ name, attributes }: Element, selectors: ReadonlySet<string>): boolean {
  const classes = (attributes.class ?? '').toLowerCase().split(/\s+/)
  if (classes.some((each) => hidingClasses.has(each))) return true
  if (selectors.size === 0) return false
  const keys = classes.map((each) => `.${each}`)
  if (attributes.id !== undefined) keys.push(`#${attributes.id.toLowerCase()}`)
  return keys.some((key) => selectors.has(key) || selectors.has(`${name}${key}`))
}
