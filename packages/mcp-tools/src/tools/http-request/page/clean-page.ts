import { Parser } from 'htmlparser2'
import { isInvisible, pageLook } from './colours.ts'
import { type Element, toVisibility, type Visibility } from './hidden-element.ts'
import { createPageWriter } from './page-writer.ts'
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

/** Where reading ends: the parser takes longer for each element the more of them are open around it. */
const deepestRead = 2_000

/** How much is read before the depth is looked at again. */
const chunkLength = 8_192

/** Elements that make the document and not its content. */
const documentParts: ReadonlySet<string> = new Set(['html', 'head', 'body', 'base', 'title'])

/** What links from a heading to itself show. */
const anchorMark = /^\s*[#\u00b6\u00a7]\s*$/

interface OpenElement extends Visibility {
  readonly name: string
  /** Writes its end tag. */
  readonly end: () => void
}

const outside = { name: '', isHidden: false, look: pageLook }

/**
 * Reads a page once and writes it again without hidden text, comments, scripts, and links that run code or carry data.
 * It takes time linear to the length, whatever the page holds.
 */
export function cleanPage(html: string, url: string): CleanPage {
  const hidingSelectors = collectHidingSelectors(html)
  const writer = createPageWriter(url)
  const open: OpenElement[] = []
  const page = { title: '', isTitled: false, lang: '' }

  function onStart(element: Element): void {
    const { name, attributes } = element
    if (name === 'html') page.lang ||= attributes.lang ?? ''
    if (name === 'base') writer.setBase(attributes.href)
    const outer = open.at(-1) ?? outside
    const { isHidden, look } = outer.isHidden ? outer : toVisibility(element, hidingSelectors, outer.look)
    const end = isHidden || documentParts.has(name) ? () => undefined : writer.start(element)
    open.push({ name, isHidden, look, end })
  }

  function onEnd(): void {
    const ended = open.pop()
    ended?.end()
    // Drawings have titles, too.
    if (ended?.name === 'title' && !ended.isHidden && page.title !== '') page.isTitled = true
  }

  function onText(text: string): void {
    const { name, isHidden, look } = open.at(-1) ?? outside
    if (isHidden || isInvisible(look) || (name === 'a' && anchorMark.test(text))) return
    if (name !== 'title') writer.text(text)
    else if (!page.isTitled) page.title += text
  }

  const parser = new Parser({
    onopentag: (name, attributes) => onStart({ name, attributes }),
    onclosetag: onEnd,
    ontext: onText,
  })
  let position = 0
  while (position < html.length && open.length < deepestRead) {
    parser.write(html.slice(position, position + chunkLength))
    position += chunkLength
  }
  parser.end()
  return { ...writer.end(), title: page.title.trim(), lang: page.lang, complete: position >= html.length }
}
