import type { GuardedResponse } from './guarded-client.ts'
import type { RequestInput, ResponseOutput } from './schema.ts'
import { toShownHeaders } from './shown-headers.ts'
import { mediaTypeOf, sliceText, toTextBody } from './text-body.ts'
import { toUntrustedText } from './untrusted-text.ts'

/** The response for programs and for models. */
export interface ShapedResponse {
  readonly structured: ResponseOutput
  readonly text: string
}

type JsonValue = NonNullable<ResponseOutput['json']>

/** Shapes `response` as `input` asks. */
export function shapeResponse(response: GuardedResponse, input: RequestInput): ShapedResponse {
  const contentType = toText(response.headers['content-type'])
  const { bytes, complete } = response.body
  const { kind, text, charset } = toTextBody(bytes, contentType, complete)
  const { part, end } = sliceText(text, input.start_index, input.max_chars)
  const isWhole = complete && input.start_index === 0 && end >= text.length
  const json = isWhole && isJson(mediaTypeOf(contentType)) ? parseJson(text) : undefined
  const readOn = end < text.length
  const hint = toHint(response, { readOn, end, total: text.length, kind, start: input.start_index })
  const isHeadOnly = input.method === 'HEAD' || input.method === 'OPTIONS'
  const structured: ResponseOutput = {
    url: response.url,
    status: response.status,
    status_text: response.statusText,
    redirects: [...response.redirects],
    headers: toShownHeaders(response.headers, isHeadOnly),
    ...(contentType !== '' && { content_type: mediaTypeOf(contentType) }),
    ...(charset !== undefined && { charset }),
    body_kind: json === undefined ? kind : 'json',
    ...(kind === 'text' && json === undefined && { body: part }),
    ...(json !== undefined && { json }),
    bytes: bytes.length,
    ...(kind === 'text' && { total_chars: text.length }),
    truncated: readOn || !complete,
    ...(readOn && { next_start_index: end }),
    ...(hint !== undefined && { hint }),
    elapsed_ms: response.elapsedMs,
  }
  return { structured, text: toReport(structured, part) }
}

/** What this tool says of the answer, then everything that the server says, between markers. */
function toReport(output: ResponseOutput, part: string): string {
  const facts = [output.content_type, output.charset, `${output.bytes} bytes`, `${output.elapsed_ms} ms`]
  const served = [
    `HTTP ${output.status} ${output.status_text}`.trim(),
    ...output.redirects.map(({ status, from, to }) => `Redirected (${status}): ${from} -> ${to}`),
    ...Object.entries(output.headers).map(([name, value]) => `${name}: ${value}`),
    ...(part === '' ? [] : ['', part]),
  ]
  const lines = [
    `Status ${output.status} from ${output.url} (${facts.filter((fact) => fact !== undefined).join(', ')})`,
    toUntrustedText(served.join('\n'), new URL(output.url).host),
    ...(output.hint === undefined ? [] : [output.hint]),
  ]
  return lines.join('\n')
}

function toHint(
  response: GuardedResponse,
  body: { readOn: boolean; end: number; total: number; kind: string; start: number },
): string | undefined {
  const location = toText(response.headers.location)
  const hints: string[] = []
  if (response.status >= 300 && response.status < 400 && location !== '') {
    hints.push(`The redirect to ${location} was not followed; request it yourself if it is meant.`)
  }
  if (body.kind === 'binary') hints.push('The body is binary and not shown.')
  if (body.readOn) hints.push(`The text goes on: ask again with start_index ${body.end} (${body.total} characters).`)
  if (body.start > 0 && body.start >= body.total) hints.push(`start_index is past the end (${body.total} characters).`)
  if (!response.body.complete) hints.push(`Only the first ${response.body.bytes.length} bytes were read.`)
  return hints.length === 0 ? undefined : hints.join(' ')
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json')
}

/** Undefined for text that only claims to be JSON, and for `null`, which `body` shows as well. */
function parseJson(text: string): JsonValue | undefined {
  try {
    return (JSON.parse(text) as JsonValue | null) ?? undefined
  } catch {
    return undefined
  }
}

function toText(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
}
