import { ToolError } from '../../../errors.ts'
import type { GuardedResponse } from '../guarded-client.ts'
import type { RequestInput } from '../schema.ts'
import type { Aside } from './aside.ts'
import { toBinaryContent } from './binary-content.ts'
import type { BodyContent } from './body-content.ts'
import { detectCharset } from './charset.ts'
import { decodeText } from './decode-text.ts'
import { toJsonContent } from './json-content.ts'
import { charsetOf, isHtmlType, isJsonType, mediaTypeOf } from './media-type.ts'
import { toPageContent } from './page-content.ts'
import { saveBody, type SaveTarget } from './save-body.ts'
import { sniffType } from './sniff-type.ts'

/** What reading a body needs besides the body. */
export interface BodyReader {
  readonly aside: Aside
  /** Takes the operator's secrets out of a text. */
  readonly redact: (text: string) => string
  /** Where to save the body, if that was asked for. */
  readonly saveTarget?: SaveTarget | undefined
  /** Aborts when the caller gives up. */
  readonly signal: AbortSignal
}

/** Reads the body of `response` as `input` asks. */
export async function readBody(
  response: GuardedResponse,
  input: RequestInput,
  reader: BodyReader,
): Promise<BodyContent> {
  if (response.body.bytes.length === 0) return { kind: 'empty', text: '', hints: [] }
  if (reader.saveTarget === undefined) return readShown(response, input, reader)
  const problem = findSaveProblem(response)
  const saved = problem ?? (await saveBody(response.body.bytes, reader.saveTarget).catch(toProblem))
  if (typeof saved === 'string') return { kind: 'saved', text: '', savedAs: saved, hints: [] }
  const shown = await readShown(response, input, reader)
  return { ...shown, hints: [saved.message, ...shown.hints] }
}

async function readShown(response: GuardedResponse, input: RequestInput, reader: BodyReader): Promise<BodyContent> {
  const { bytes, complete } = response.body
  const { aside, redact, signal } = reader
  const contentType = toOne(response.headers['content-type'])
  const isWide = /^utf-?16/i.test(charsetOf(contentType) ?? '') || /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))
  const { isText, type } = await sniffType(bytes, mediaTypeOf(contentType), isWide)
  if (!isText) return toBinaryContent({ bytes, complete, type, url: response.url })
  const charset = detectCharset({ bytes, contentType, hostname: new URL(response.url).hostname })
  const text = redact(await decodeText(bytes, charset, complete))
  const content = await toTextContent(text, type)
  return { ...content, text: redact(content.text), charset }

  async function toTextContent(source: string, textType: string): Promise<BodyContent> {
    const { format, select } = input
    if (isHtmlType(textType) || (textType === '' && looksLikeHtml(source))) {
      if (format !== 'raw') return toPageContent({ html: source, url: response.url, format }, { aside, signal })
    } else if (isJsonType(textType) || select !== undefined) {
      return toJsonContent(source, complete ? select : undefined, { aside, signal })
    }
    return { kind: 'text', text: source, hints: [] }
  }
}
