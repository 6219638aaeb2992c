import { isHiding } from './hiding-style.ts'
import { parseDeclarations, readable } from './style-declarations.ts'

/** One class or id, also of one element: the selectors that need no knowledge of the rest of the page. */
const simpleSelector = /^[a-z][a-z0-9-]*[.#][\w-]+$|^[.#][\w-]+$/

/**
 * The simple selectors that a page's own `<style>` elements hide for good. Rules under a condition (`@media`) and
 * selectors that combine are left out: which way they fall needs a browser.
 */
export function collectHidingSelectors(html: string): ReadonlySet<string> {
  const hiding = new Set<string>()
  for (const css of styleTexts(html)) {
    for (const [prelude, body] of topRules(readable(css))) {
      const declarations = parseDeclarations(body)
      const hides = isHiding(declarations)
      if (!hides && !declarations.has('display') && !declarations.has('visibility')) continue
      for (const selector of prelude.split(',').map((each) => each.trim())) {
        if (!simpleSelector.test(selector)) continue
        if (hides) hiding.add(selector)
        else hiding.delete(selector)
      }
    }
  }
  return hiding
}

function* styleTexts(html: string): Generator<string> {
  const lower = html.toLowerCase()
  for (let position = 0; ;) {
    const tag = lower.indexOf('<style', position)
    const start = tag === -1 ? -1 : lower.indexOf('>', tag)
    const end = start === -1 ? -1 : lower.indexOf('</style', start)
    if (end === -1) return
    yield lower.slice(start + 1, end)
    position = end
  }
}

/** The rules outside of any other block; one of the blocks around others has no simple selector. */
function* topRules(css: string): Generator<readonly [prelude: string, body: string]> {
  let depth = 0
  let start = 0
  let prelude = ''
  for (let index = 0; index < css.length; index += 1) {
    const character = css[index]
    if (character === '{') {
      if (depth === 0) {
        prelude = css.slice(start, index).trim()
        start = index + 1
      }
      depth += 1
    } else if (character === '}' && depth > 0) {
      depth -= 1
      if (depth > 0) continue
      yield [prelude, css.slice(start, index)]
      start = index + 1
    } else if (character === ';' && depth === 0) {
      start = index + 1
    }
  }
}
