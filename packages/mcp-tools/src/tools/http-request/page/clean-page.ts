import { Parser } from 'htmlparser2'
import { type Backdrop, pageBackdrop } from './colours.ts'
import { type Element, toVisibility } from './hidden-element.ts'
import { toSafeAttributes } from './safe-attributes.ts'
import { collectHidingSelectors } from './style-sheet.ts'

/** A page without what nobody sees on it. */
export interface CleanPage {
  /** What is inside `body`: well-formed, of bounded depth, links absolute. */
  readonly html: string
  readonly title: string
  /** Language tag, as the page gives it; empty where it gives none. */
  readonly lang: string
  /** Elements and pieces of text, as a parser of `html` would count them. */
  readonly nodes: number
  /** Whether this is all of it; false for one nested too deep, which is read up to there. */
  readonly complete: boolean
}

/** Deeper than pages are written; what is deeper loses its tags, not its text. */
const deepestWritten = 200

/** Where reading ends: the parser takes longer for each element the more of them are open around it. */
const deepestRead = 2_000

/** How much is read before the depth is looked at again. */
const chunkLength = 8_192

/** Elements that make the document and not its content. */
const documentParts: ReadonlySet<string> = new Set(['html', 'head', 'body', 'base', 'title'])

/** Elements that have no end tag (HTML standard, "void elements"). */
const voids: ReadonlySet<string> = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'wbr'])

/** Elements that stand apart on the screen, though nothing in the source may part them. */
const apart: ReadonlySet<string> = new Set(['button', 'input', 'option', 'select', 'textarea'])

interface OpenElement {
  readonly name: string
  readonly isHidden: boolean
  readonly isWritten: boolean
  readonly backdrop: Backdrop
}

/**
 * Reads a page once and writes it again without hidden text, comments, scripts, and links that run code or carry data.
 * It takes time linear to the length, whatever the page holds.
 */
export function cleanPage(html: string, url: string): CleanPage {
  const hidingSelectors = collectHidingSelectors(html)
  const page = { base: url, title: '', lang: '', nodes: 0 }
  const open: OpenElement[] = []
  const written: string[] = []
  let depth = 0

  function onElement(element: Element): void {
    const { name, attributes } = element
    if (name === 'html') page.lang ||= attributes.lang ?? ''
    if (name === 'base' && page.base === url) page.base = URL.parse(attributes.href ?? '', url)?.href ?? url
    const outer = open.at(-1) ?? { isHidden: false, backdrop: pageBackdrop }
    const visibility = outer.isHidden ? { isHidden: true } : toVisibility(element, hidingSelectors, outer.backdrop)
    const isWritten = !visibility.isHidden && !documentParts.has(name) && depth < deepestWritten
    if (isWritten) {
      written.push(apart.has(name) ? ' ' : '', `<${name}${toSafeAttributes(element, page.base)}>`)
      depth += 1
      page.nodes += 1
    }
    open.push({ name, isWritten, backdrop: undefined, ...visibility })
  }

  function onEnd(): void {
    const ended = open.pop()
    if (ended?.isWritten !== true) return
    depth -= 1
    if (!voids.has(ended.name)) written.push(`</${ended.name}>`)
  }

  function onText(text: string): void {
    const around = open.at(-1)
    if (around?.name === 'title') page.title += text
    if (around?.isHidden === true || around?.name === 'title') return
    const escaped = toEscaped(text)
    written.push(escaped)
    // An escape makes a piece of text of its own.
    page.nodes += 1 + Math.ceil((escaped.length - text.length) / longestEscape)
  }

  const parser = new Parser({
    onopentag: (name, attributes) => onElement({ name, attributes }),
    onclosetag: onEnd,
    ontext: onText,
  })
  let position = 0
  while (position < html.length && open.length < deepestRead) {
    parser.write(html.slice(position, position + chunkLength))
    position += chunkLength
  }
  parser.end()
  const { title, lang, nodes } = page
  return { html: written.join(''), title: title.trim(), lang, nodes, complete: position >= html.length }
}

/** What the longest escape is longer than its character. */
const longestEscape = 4

function toEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
