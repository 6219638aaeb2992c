import type { Element } from './hidden-element.ts'
import { findImage, toSafeAttributes } from './safe-attributes.ts'

/** Writes HTML of bounded depth in which only what is meant as markup is markup. */
export interface PageWriter {
  /** Takes `href` as what addresses are relative to; the first one counts (HTML standard, "the base element"). */
  setBase(href: string | undefined): void
  /** Begins an element, and gives what ends it. */
  start(element: Element): () => void
  text(text: string): void
  end(): { readonly html: string; readonly nodes: number }
}

/** Deeper than pages are written; what is deeper loses its tags, not its text. */
const deepestElement = 100

/** Elements that have no end tag (HTML standard, "void elements"). */
const voids: ReadonlySet<string> = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'wbr'])

/** Elements that stand apart on the screen, though nothing in the source may part them. */
const apart: ReadonlySet<string> = new Set(['button', 'input', 'option', 'select', 'textarea'])

/** Elements that Markdown has nothing for, as others: they would stay HTML there, or run into each other. */
const replaced: ReadonlyMap<string, string> = new Map([
  ['dd', 'p'],
  ['details', 'div'],
  ['dl', 'div'],
  ['dt', 'p'],
  ['fieldset', 'div'],
  ['figcaption', 'p'],
  ['legend', 'p'],
  ['summary', 'p'],
])

/** Names that every parser reads alike. */
const plainName = /^[a-z][a-z0-9-]*$/

/** What the longest escape is longer than its character. */
const longestEscape = 4

const nothing = () => undefined

export function createPageWriter(url: string): PageWriter {
  const written: string[] = []
  let base = url
  let depth = 0
  let nodes = 0

  function text(value: string): void {
    const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    written.push(escaped)
    // An escape makes a piece of text of its own.
    nodes += 1 + Math.ceil((escaped.length - value.length) / longestEscape)
  }

  function start(element: Element): () => void {
    const name = replaced.get(element.name) ?? element.name
    if (depth >= deepestElement || !plainName.test(name)) return nothing
    if (name === 'img' && findImage(element.attributes, base) === undefined) {
      // What it says instead of what it shows.
      text(element.attributes.alt ?? '')
      return nothing
    }
    if (apart.has(name)) written.push(' ')
    written.push(`<${name}${toSafeAttributes(element, base)}>`)
    nodes += 1
    if (voids.has(name)) return nothing
    depth += 1
    return () => {
      depth -= 1
      written.push(`</${name}>`)
    }
  }

  return {
    setBase(href) {
      if (base === url) base = URL.parse(href ?? '', url)?.href ?? url
    },
    start,
    text,
    end: () => ({ html: written.join(''), nodes }),
  }
}
