import * as z from 'zod/v4'
import { defaultTimeoutMs } from './limits.ts'
import { maxUrlLength } from './parse-url.ts'
import { noProfile, type Profile } from './profile.ts'

/** Characters of a body that one answer holds where the caller names no number. */
const defaultMaxChars = 20_000
const ceilingMaxChars = 200_000

/** Enough for a selection that a person would write, too short to nest one out of bounds. */
const longestSelect = 1_000
const longestFileName = 120

/** What a value inside JSON may be, said in so many words: some clients refuse a schema that says nothing. */
const anyJsonType = {
  anyOf: [
    { type: 'object' as const, additionalProperties: true },
    { type: 'array' as const },
    { type: 'string' as const },
    { type: 'number' as const },
    { type: 'boolean' as const },
    { type: 'null' as const },
  ],
}

/** Any JSON, in a schema without recursion: model servers that turn schemas into grammars refuse it. */
const jsonValue = z.union([
  z.record(z.string(), z.unknown()).meta({ additionalProperties: true }),
  z.array(z.unknown()).meta({ items: anyJsonType }),
  z.string(),
  z.number(),
  z.boolean(),
])

/** Names with one value, or several. */
const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))

const maxParts = 64

const part = z.strictObject({
  name: z.string().min(1).describe('Name of the field'),
  value: z.string().optional().describe('Text of a field'),
  file: z.string().min(1).optional().describe('Or the path of a file in a folder that the operator opened'),
  base64: z.string().optional().describe('Or bytes, in base64'),
  filename: z.string().min(1).optional().describe('Name to give the file'),
  type: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+(?:; ?[\w=.+-]+)*$/, 'Not a media type')
    .optional()
    .describe('Media type, such as text/csv'),
})

/** The kinds of body, of which a call has at most one. */
const bodyFields = {
  json: jsonValue
    .optional()
    .describe('Request body sent as JSON, such as {"name": "value"}. Give at most one kind of body'),
  text: z.string().optional().describe('Request body sent as plain text, or as the content-type header says'),
  form: fields.optional().describe('Request body sent as an HTML form, such as {"name": "value"}'),
  multipart: z
    .array(part)
    .min(1)
    .max(maxParts)
    .optional()
    .describe('Request body with files, such as [{"name": "file", "file": "report.pdf"}]'),
  base64: z.string().optional().describe('Request body of raw bytes, in base64; name its type in a header'),
}

/** What a model may know of a profile. */
type KnownProfile = Pick<Profile, 'name' | 'origin'>

/**
 * The input of `http_request`; `maxTimeoutMs` is the operator's ceiling for `timeout_ms`. Where there are no `profiles`
 * there is no `auth`.
 */
export function createRequestSchema(maxTimeoutMs: number, profiles: readonly KnownProfile[] = []) {
  const anonymous = createAnonymousSchema(maxTimeoutMs)
  // Read as if every call had left the field out.
  return profiles.length === 0 ? (anonymous as ReturnType<typeof withAuth>) : withAuth(anonymous, profiles)
}

function withAuth(anonymous: ReturnType<typeof createAnonymousSchema>, profiles: readonly KnownProfile[]) {
  const known = profiles.map(({ name, origin }) => `${name} for ${origin}`).join(', ')
  const auth = z
    .enum([...profiles.map(({ name }) => name), noProfile])
    .optional()
    .describe(`Whose credentials to send: ${known}; ${noProfile}. Left out: the only ones of the URL's origin`)
  return anonymous.extend({ auth })
}

function createAnonymousSchema(maxTimeoutMs: number) {
  return z.strictObject({
    url: z.string().min(1).max(maxUrlLength).describe('Absolute URL, such as https://example.com/page?id=1'),
    method: z
      .string()
      .regex(/^[A-Za-z][A-Za-z-]{0,31}$/, 'Not an HTTP method')
      .toUpperCase()
      .default('GET')
      .describe('Such as GET to read or POST to send. Sending needs a rule of the operator, or the user is asked'),
    headers: z.record(z.string(), z.string()).optional().describe('Request headers, such as {"accept-language": "ko"}'),
    query: fields
      .optional()
      .describe('Query parameters to add to the URL, such as {"page": 2}; they are encoded for you'),
    ...bodyFields,
    timeout_ms: z
      .int()
      .min(1)
      .max(maxTimeoutMs)
      .default(Math.min(defaultTimeoutMs, maxTimeoutMs))
      .describe('Milliseconds for the whole call'),
    follow_redirects: z.boolean().default(true).describe('Whether to go where a redirect leads'),
    cache: z.boolean().default(true).describe('Whether a stored answer that is still fresh will do'),
    max_chars: z
      .int()
      .min(1)
      .max(ceilingMaxChars)
      .default(defaultMaxChars)
      .describe('Most characters of the body to return'),
    start_index: z
      .int()
      .min(0)
      .default(0)
      .describe('First character of the body to return; take `next_start_index` of the last answer to read on'),
    format: z
      .enum(['markdown', 'article', 'text', 'raw'])
      .default('markdown')
      .describe('How to return an HTML page: all as Markdown, only its main text, all as plain text, or its source'),
    select: z
      .string()
      .min(1)
      .max(longestSelect)
      .optional()
      .describe('JMESPath that picks a part of a JSON body, such as items[*].{id: id, name: name}'),
    save_as: z
      .string()
      .min(1)
      .max(longestFileName)
      .optional()
      .describe('File name to save the body under instead of returning it, such as report.pdf'),
    overwrite: z.boolean().default(false).describe('Whether `save_as` may replace a file'),
  })
}

/** What a call of `http_request` asks for. */
export type RequestInput = z.output<ReturnType<typeof createRequestSchema>>

/** The output of `http_request`. */
export const responseSchema = z.object({
  url: z.string().describe('The URL that answered, after redirects'),
  status: z.int(),
  status_text: z.string(),
  redirects: z.array(z.object({ status: z.int(), from: z.string(), to: z.string() })),
  headers: z.record(z.string(), z.string()).describe('The response headers worth knowing'),
  content_type: z.string().optional().describe('Media type without parameters; judged by the bytes where they tell'),
  charset: z.string().optional().describe('Encoding that the text was read in'),
  body_kind: z.enum(['text', 'markdown', 'json', 'image', 'audio', 'binary', 'saved', 'empty']),
  title: z.string().optional().describe('Title of the page'),
  lang: z.string().optional().describe('Language tag of the page'),
  body: z.string().optional().describe('The text; absent for JSON held whole in `json`, and for what is no text'),
  json: jsonValue
    .optional()
    .describe('The parsed body, or what `select` found, where it is whole; integers beyond 2^53 as strings'),
  keys: z.array(z.string()).optional().describe('Names to select by, where `select` found nothing'),
  saved_as: z.string().optional().describe('Path of the file that holds the body'),
  bytes: z.int().describe('Size of the body as far as it was read'),
  total_chars: z.int().optional().describe('Length of the text as far as it was read'),
  truncated: z.boolean().describe('Whether the body goes on beyond what is returned'),
  next_start_index: z.int().optional().describe('Give this as `start_index` to read on'),
  hint: z.string().optional().describe('What to know or do next'),
  elapsed_ms: z.int().describe('Milliseconds of the whole call'),
  timing: z
    .object({
      dns_ms: z.int().optional(),
      connect_ms: z.int().optional(),
      tls_ms: z.int().optional(),
      first_byte_ms: z.int(),
      total_ms: z.int(),
    })
    .describe('Milliseconds of the last request; the first three only for a new connection'),
  tls: z
    .object({
      protocol: z.string(),
      cipher: z.string(),
      issuer: z.string().optional(),
      valid_to: z.string().optional(),
    })
    .optional()
    .describe('The connection, and the certificate of the server'),
  auth: z.string().optional().describe('The profile that was used'),
  attempts: z.int().describe('How often the last request was sent; 0 for an answer from the cache'),
  cache: z.enum(['hit', 'revalidated', 'miss']).optional(),
})

export type ResponseOutput = z.input<typeof responseSchema>
