import type { Avoided } from '../backend/capabilities.ts'
import type { Medium } from '../backend/model-media.ts'
import { type ModelRefusal, tellsOverflow } from '../backend/model-refusal.ts'

/** What a server's refusal is about, as far as its words tell. `tools` moves the ladder; `other` moves nothing. */
export type RefusalCause = 'tools' | Avoided | 'other'

/** Causes with words of their own, most telling first. */
const told: readonly [RefusalCause, RegExp][] = [
  ['other', /api[ _]key|unauthori[sz]ed|rate limit|quota|insufficient/i],
  ['other', /model\b.{0,80}\b(not found|does not exist|not available|not supported)/i],
  [
    'other',
    /(invalid|unsupported|malformed|bad).{0,40}schema|schema.{0,60}(invalid|unsupported|not supported)|grammar/i,
  ],
  ['other', /image|audio|multimodal|vision/i],
  ['stream-options', /stream_options|include_usage/i],
  ['parallel-tool-calls', /parallel_tool_calls/i],
  [
    'tool-role',
    /\b(tool|function)['"`]? (role|message)|roles? .{0,60}(supported|alternate)|(unexpected|unknown) .{0,20}role/i,
  ],
]

/** Statuses that servers give to what they do not know. */
const statuses = new Set([400, 422, 500, 501])

export interface RefusedRequest {
  /** Whether the history held calls or results in the protocol's own form. */
  hasToolMessages: boolean
  /** Whether this server has taken tools on this rung before, so that they cannot be what it refuses. */
  toolsWereTaken: boolean
  /** `tool_choice` demanded a call. Default false. */
  demandsCall?: boolean
  /** The kind of JSON that `response_format` demanded. */
  responseFormat?: 'json-schema' | 'json-object' | undefined
  /** The messages had forms that some templates refuse, and that can be written otherwise. Default false. */
  oddMessages?: boolean
}

/**
 * Why a request with tools was refused. Where the words name no cause, or there are none, the request tells: a bare
 * 500 is what several servers answer to tools, and what some templates come to on their results.
 */
export function causeOf({ status, words }: ModelRefusal, request: RefusedRequest): RefusalCause {
  if (!statuses.has(status) || tellsOverflow(words)) return 'other'
  const asked = askedFor(words, request)
  if (asked) return asked
  const cause = told.find(([, pattern]) => pattern.test(words))?.[0]
  if (cause === 'tool-role' || (cause === undefined && request.toolsWereTaken)) {
    return request.hasToolMessages ? 'tool-role' : 'other'
  }
  return cause ?? 'tools'
}

/** A cause that only counts where the request had what the words are about. */
function askedFor(words: string, request: RefusedRequest): Avoided | undefined {
  const { responseFormat, demandsCall, oddMessages, hasToolMessages } = request
  if (responseFormat && /response_?format|json_?(schema|object)|structured|guided|grammar/i.test(words)) {
    return responseFormat
  }
  if (demandsCall && /tool[_ ]choice|function_call|"(required|named)"/i.test(words)) return 'tool-choice'
  if (!oddMessages) return undefined
  if (/system role|system message.{0,20}not supported/i.test(words)) return 'system-role'
  if (/null|nonetype|concatenat|system message|developer/i.test(words)) return 'message-shape'
  return !hasToolMessages && /\brole|alternat/i.test(words) ? 'message-shape' : undefined
}

const badSchema = /(invalid|unsupported|malformed|bad).{0,40}schema|schema.{0,60}(invalid|unsupported)|grammar/i

/** Whether the words are about one schema, of which nothing follows for another. */
export function tellsOfOneSchema(words: string): boolean {
  return badSchema.test(words)
}

const unsupported =
  /(not?|n't)\b.{0,30}(support|multimodal)|unsupported|only .{0,30}(support|text)|at most 0|mmproj|missing/i

/** Words about one image, of which nothing follows for another. */
const oneBadFile = /format|mime|decod|corrupt|size|large|fetch|download|tiff|webp|svg|gif|bmp|heic/i

/** The kind of content that a model does not take at all, where a server's words say so. */
export function refusedMedium(words: string): Medium | undefined {
  if (!unsupported.test(words) || oneBadFile.test(words)) return undefined
  if (/audio/i.test(words)) return 'audio'
  return /image|vision|multimodal|mmproj/i.test(words) ? 'image' : undefined
}
