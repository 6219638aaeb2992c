import type { ToolAnswer, ToolCall } from '../tool.ts'
import { createAnswers } from './answer/answers.ts'
import { createGuardedClient, type GuardedClientOptions } from './guarded-client.ts'
import { defaultLimits } from './limits.ts'
import { parseUrl } from './parse-url.ts'
import { type RequestBody, toRequestBody } from './request-body.ts'
import type { RequestInput, ResponseOutput } from './schema.ts'

/** Runs calls of `http_request` over one guarded client. */
export interface RequestRunner {
  run(input: RequestInput, call: ToolCall): Promise<ToolAnswer<ResponseOutput>>
  /** Closes the client's kept connections, and what works on answers. */
  close(): Promise<void>
}

/** What the tool needs to know beside what its client does. */
export interface HttpRequestOptions extends GuardedClientOptions {
  /** Folders whose files may be sent. Default: none. */
  readonly uploadRoots?: readonly string[]
  /** The folder that answers may be saved in. Default: none. */
  readonly saveFolder?: string
}

/** Makes a {@link RequestRunner}. */
export function createRequestRunner(options: HttpRequestOptions): RequestRunner {
  const client = createGuardedClient(options)
  const answers = createAnswers(options.saveFolder)
  const uploads = {
    roots: options.uploadRoots ?? [],
    maxBytes: options.limits?.maxRequestBytes ?? defaultLimits.maxRequestBytes,
  }
  const run: RequestRunner['run'] = async (input, { signal, confirm, progress }) => {
    const shape = await answers.prepare(input)
    const body = await toRequestBody(input, uploads)
    const response = await client.request({
      url: toUrlWithQuery(input),
      method: input.method,
      headers: toHeaders(input, body),
      ...(body !== undefined && { body: body.bytes }),
      ...(input.auth !== undefined && { auth: input.auth }),
      timeoutMs: input.timeout_ms,
      followRedirects: input.follow_redirects,
      cache: input.cache,
      signal,
      ...(confirm !== undefined && { confirm }),
      ...(progress !== undefined && { onProgress: progress }),
    })
    return shape(response, signal)
  }
  return {
    run,
    async close() {
      await Promise.all([client.close(), answers.close()])
    },
  }
}

/** The caller's content type replaces the body's own, however it is spelt. */
function toHeaders({ headers }: RequestInput, body: RequestBody | undefined): Record<string, string> {
  const own = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  if (body === undefined) return own
  const type = { 'content-type': body.contentType }
  return body.isTypeFixed === true ? { ...own, ...type } : { ...type, ...own }
}

function toUrlWithQuery({ url, query }: RequestInput): string {
  if (query === undefined) return url
  const parsed = parseUrl(url)
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) parsed.searchParams.append(name, String(each))
  }
  return parsed.href
}
