import { ToolError } from '../../../errors.ts'
import type { GuardedResponse } from '../guarded-client.ts'
import type { RequestInput } from '../schema.ts'
import type { Aside } from './aside.ts'
import { toBinaryContent } from './binary-content.ts'
import type { BodyContent } from './body-content.ts'
import { detectCharset } from './charset.ts'
import { decodeText } from './decode-text.ts'
import { firstOf } from './first-of.ts'
import { toJsonContent } from './json-content.ts'
import { isHtmlType, isJsonType, isTextType } from './media-type.ts'
import { toPageContent } from './page-content.ts'
import { saveBody, type SaveTarget } from './save-body.ts'
import { looksLikeHtml, sniffType } from './sniff-type.ts'

/** What reading a body needs besides the body. */
export interface BodyReader {
  readonly aside: Aside
  /** Where to save the body, if that was asked for. */
  readonly saveTarget: SaveTarget | undefined
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
  const saved = await save(response, reader.saveTarget)
  if ('path' in saved) {
    return { kind: 'saved', text: '', savedAs: saved.path, hints: ['The body was saved, not shown.'] }
  }
  const shown = await readShown(response, input, reader)
  return { ...shown, hints: [saved.problem, ...shown.hints] }
}

/** The request has been made by now, so that what keeps its answer from being saved must not lose it. */
async function save(
  { status, body }: GuardedResponse,
  target: SaveTarget,
): Promise<{ readonly path: string } | { readonly problem: string }> {
  if (status < 200 || status > 299) return { problem: 'Nothing was saved, as the status is no success.' }
  if (!body.complete) return { problem: 'Nothing was saved, as the body was not read to its end.' }
  try {
    return { path: await saveBody(body.bytes, target) }
  } catch (error) {
    if (error instanceof ToolError) return { problem: error.message }
    throw error
  }
}

async function readShown(response: GuardedResponse, input: RequestInput, reader: BodyReader): Promise<BodyContent> {
  const { bytes, complete } = response.body
  const contentType = firstOf(response.headers['content-type'])
  const { isText, isSure, type } = await sniffType(bytes, contentType)
  if (!isText) return toBinaryContent({ bytes, complete, type, isSure, url: response.url })
  const charset = detectCharset({ bytes, contentType, hostname: new URL(response.url).hostname })
  const source = await decodeText(bytes, charset, complete)
  const content = await readText({ source, type, url: response.url, complete }, input, reader)
  return { ...withoutSecrets(content, response.redact), charset }
}

/** The bytes hold none any more, but a page can spell one in pieces that only its conversion joins. */
function withoutSecrets(content: BodyContent, redact: GuardedResponse['redact']): BodyContent {
  if (redact === undefined) return content
  return {
    ...content,
    text: redact(content.text),
    ...(content.title !== undefined && { title: redact(content.title) }),
  }
}

interface TextBody {
  readonly source: string
  readonly type: string
  readonly url: string
  readonly complete: boolean
}

async function readText(
  { source, type, url, complete }: TextBody,
  { format, select }: RequestInput,
  { aside, signal }: BodyReader,
): Promise<BodyContent> {
  const isPage = isHtmlType(type) || (isTextType(type) === undefined && looksLikeHtml(source))
  const isJson = !isPage && complete && (isJsonType(type) || select !== undefined)
  if (isJson) return toJsonContent(source, select, { aside, signal })
  const content: BodyContent =
    isPage && format !== 'raw'
      ? await toPageContent({ html: source, url, format }, { aside, signal })
      : { kind: 'text', text: source, hints: [] }
  if (select === undefined) return content
  return { ...content, hints: ['The body is no whole JSON, so `select` was not applied.', ...content.hints] }
}
