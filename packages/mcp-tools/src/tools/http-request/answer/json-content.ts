import type { Aside } from './aside.ts'
import type { BodyContent } from './body-content.ts'
import { parseExactJson } from './exact-json.ts'

/** JSON as an answer shows it: whole, or what `select` finds in it. What is no JSON after all is text. */
export async function toJsonContent(
  text: string,
  select: string | undefined,
  { aside, signal }: { readonly aside: Aside; readonly signal: AbortSignal },
): Promise<BodyContent> {
  if (select === undefined) return toWhole(text, [])
  const selection = await aside.run('selectJson', { text, select }, signal)
  switch (selection?.outcome) {
    case 'found': {
      const isEmpty = selection.text === '[]' || selection.text === '{}'
      return toWhole(selection.text, isEmpty ? ['`select` found nothing that fits.'] : [])
    }
    case 'nothing': {
      const why = selection.reason === '' ? 'found nothing' : `cannot be applied: ${selection.reason}`
      return { ...toWhole(text, [`\`select\` ${why}; this is the whole body.`]), keys: selection.keys }
    }
    case 'not-json':
      return toWhole(text, ['The body is no whole JSON, so `select` was not applied.'])
    default:
      return toWhole(text, ['`select` asked for too much; ask for less. This is the whole body.'])
  }
}

function toWhole(text: string, hints: readonly string[]): BodyContent {
  const json = parseExactJson(text)
  return { kind: json === undefined ? 'text' : 'json', text, hints }
}
