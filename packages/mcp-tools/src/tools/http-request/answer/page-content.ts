import type { ConvertedPage, PageFormat, PageJob } from '../page/convert-page.ts'
import type { Aside } from './aside.ts'
import type { BodyContent } from './body-content.ts'

/** A page as an answer shows it: Markdown, or plain text; its source where it cannot be converted. */
export async function toPageContent(
  job: PageJob,
  { aside, signal }: { readonly aside: Aside; readonly signal: AbortSignal },
): Promise<BodyContent> {
  const page = await aside.run('convertPage', job, signal)
  if (page !== undefined) return toContent(page, job.format)
  // The main text is hard to find on some pages that are easy to read whole.
  const whole =
    job.format === 'article' ? await aside.run('convertPage', { ...job, format: 'markdown' }, signal) : undefined
  if (whole !== undefined) return toContent(whole, job.format)
  return { kind: 'text', text: job.html, hints: ['The page could not be converted; this is its source.'] }
}

function toContent({ text, title, lang, isArticle, complete }: ConvertedPage, format: PageFormat): BodyContent {
  const hints: string[] = []
  if (format === 'article' && !isArticle) hints.push('No main text was found; this is the whole page.')
  if (!complete) hints.push('The page is nested too deep; the text ends where that begins.')
  return {
    kind: format === 'text' ? 'text' : 'markdown',
    text,
    ...(title !== '' && { title }),
    ...(lang !== '' && { lang }),
    hints,
  }
}
