import { cleanPage, type CleanPage } from './clean-page.ts'
import { withoutInvisible } from './invisible-characters.ts'

/** How a page is to come out: all of it or its main text as Markdown, or all of it as plain text. */
export type PageFormat = 'markdown' | 'article' | 'text'

export interface PageJob {
  readonly html: string
  /** Of the page, to make its links absolute. */
  readonly url: string
  readonly format: PageFormat
}

/** What a reader gets of a page. */
export interface ConvertedPage {
  readonly text: string
  /** Empty where the page has none. */
  readonly title: string
  /** A language tag (BCP 47), or empty. */
  readonly lang: string
  /** Whether `text` is the main text alone; false where that was asked for and none was found. */
  readonly isArticle: boolean
  /** Whether the whole page was read. */
  readonly complete: boolean
}

/** Nodes past which nobody looks for the main text: it would take seconds, and articles are shorter. */
const mostNodes = 20_000

/** Main texts are longer than this, in characters; Readability's own 500 is much for Korean. */
const shortestArticle = 200

/** Converts a page. It bounds what it can; what is left of hostile pages takes seconds, which the caller has to bound. */
export async function convertPage({ html, url, format }: PageJob): Promise<ConvertedPage> {
  const page = cleanPage(html, url)
  const article = format === 'article' && page.nodes <= mostNodes ? await extractArticle(page) : undefined
  const text = await toReadable(article ?? page.html, format === 'text' ? 'text' : 'markdown')
  return {
    text: withoutInvisible(text).trim(),
    title: withoutInvisible(page.title).replaceAll(/\s+/g, ' '),
    lang: /^[A-Za-z0-9-]{2,35}$/.test(page.lang) ? page.lang : '',
    isArticle: article !== undefined,
    complete: page.complete,
  }
}

async function toReadable(html: string, format: 'markdown' | 'text'): Promise<string> {
  const { htmlToMarkdown } = await import('mdream')
  return htmlToMarkdown(html, {
    format,
    clean: { emptyLinkText: true, emptyImages: true, blankLines: true },
  })
}

/** The HTML of the main text; undefined where there is none. */
async function extractArticle({ html, title }: CleanPage): Promise<string | undefined> {
  const [{ parseHTML }, { Readability }] = await Promise.all([import('linkedom'), import('@mozilla/readability')])
  const { document } = parseHTML(`<!doctype html><html><head></head><body>${html}</body></html>`)
  document.title = title
  const article = new Readability(document, { charThreshold: shortestArticle, keepClasses: true }).parse()
  return (article?.length ?? 0) < shortestArticle ? undefined : (article?.content ?? undefined)
}
