import type { ContentBlock } from '@modelcontextprotocol/server'
import type { GuardedResponse } from '../guarded-client.ts'
import type { RequestInput, ResponseOutput } from '../schema.ts'
import type { BodyContent } from './body-content.ts'
import { parseExactJson } from './exact-json.ts'
import { firstOf } from './first-of.ts'
import { mediaTypeOf } from './media-type.ts'
import { toReport } from './report.ts'
import { toShownHeaders } from './shown-headers.ts'
import { sliceText, type TextSlice } from './slice-text.ts'

/** The response for programs and for models. */
export interface ShapedResponse {
  readonly structured: ResponseOutput
  readonly content: ContentBlock[]
}

/** Shapes `response` with its body, already read, as `input` asks. */
export function shapeResponse(response: GuardedResponse, body: BodyContent, input: RequestInput): ShapedResponse {
  const slice = sliceText(body.text, input.start_index, input.max_chars)
  const structured = { ...describeExchange(response, input), ...describeBody(response, body, slice, input) }
  const hints = [...response.notes, ...toHints(response, body, slice, input)]
  const withHint = { ...structured, ...(hints.length > 0 && { hint: hints.join(' ') }) }
  const report = { type: 'text' as const, text: toReport(withHint, slice.part, body.block) }
  return { structured: withHint, content: body.block === undefined ? [report] : [report, body.block] }
}

function describeExchange(response: GuardedResponse, { method }: RequestInput) {
  const { timing, tls, attempts, cache } = response
  return {
    url: response.url,
    status: response.status,
    status_text: response.statusText,
    redirects: [...response.redirects],
    headers: toShownHeaders(response.headers, method === 'HEAD' || method === 'OPTIONS'),
    elapsed_ms: response.elapsedMs,
    timing: {
      ...(timing.dnsMs !== undefined && { dns_ms: Math.round(timing.dnsMs) }),
      ...(timing.connectMs !== undefined && { connect_ms: Math.round(timing.connectMs) }),
      ...(timing.tlsMs !== undefined && { tls_ms: Math.round(timing.tlsMs) }),
      first_byte_ms: Math.round(timing.firstByteMs),
      total_ms: Math.round(timing.totalMs),
    },
    ...(tls !== undefined && {
      tls: {
        protocol: tls.protocol,
        cipher: tls.cipher,
        ...(tls.issuer !== undefined && { issuer: tls.issuer }),
        ...(tls.validTo !== undefined && { valid_to: tls.validTo }),
      },
    }),
    ...(response.auth !== undefined && { auth: response.auth }),
    attempts,
    ...(cache !== undefined && { cache }),
  }
}

function describeBody(
  { headers, body: { bytes, complete } }: GuardedResponse,
  body: BodyContent,
  { part, end }: TextSlice,
  input: RequestInput,
) {
  const contentType = body.type ?? mediaTypeOf(firstOf(headers['content-type']))
  const isText = body.kind === 'text' || body.kind === 'markdown' || body.kind === 'json'
  const readOn = end < body.text.length
  const isWhole = input.start_index === 0 && !readOn
  const json = body.kind === 'json' && isWhole ? parseExactJson(body.text) : undefined
  return {
    ...(contentType !== '' && { content_type: contentType }),
    ...(body.charset !== undefined && { charset: body.charset }),
    body_kind: body.kind,
    ...(body.title !== undefined && { title: body.title }),
    ...(body.lang !== undefined && { lang: body.lang }),
    ...(isText && json === undefined && { body: part }),
    ...(json !== undefined && { json }),
    ...(body.keys !== undefined && { keys: [...body.keys] }),
    ...(body.savedAs !== undefined && { saved_as: body.savedAs }),
    bytes: bytes.length,
    ...(isText && { total_chars: body.text.length }),
    truncated: readOn || !complete,
    ...(readOn && { next_start_index: end }),
  }
}

/** In sentences of our own: what the server said stands elsewhere. */
function toHints(
  { status, headers, body: { bytes, complete } }: GuardedResponse,
  body: BodyContent,
  { end }: TextSlice,
  { start_index: start }: RequestInput,
): string[] {
  const total = body.text.length
  const hints = [...body.hints]
  if (status >= 300 && status < 400 && firstOf(headers.location) !== '') {
    hints.push('The redirect to `location` was not followed; request it yourself if it is meant.')
  }
  if (end < total) hints.push(`The text goes on: ask again with start_index ${end} (${total} characters).`)
  if (start > 0 && start >= total) hints.push(`start_index is past the end (${total} characters).`)
  if (!complete) hints.push(`Only the first ${bytes.length} bytes were read.`)
  return hints
}
