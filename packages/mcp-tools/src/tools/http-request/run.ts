import { ToolError } from '../../errors.ts'
import type { ToolAnswer, ToolCall } from '../tool.ts'
import { createGuardedClient, type GuardedClientOptions } from './guarded-client.ts'
import { toRequestBody } from './request-body.ts'
import type { RequestInput, ResponseOutput } from './schema.ts'
import { shapeResponse } from './shape-response.ts'

/** Runs calls of `http_request` over one guarded client. */
export interface RequestRunner {
  run(input: RequestInput, call: ToolCall): Promise<ToolAnswer<ResponseOutput>>
  /** Closes the client's kept connections. */
  close(): Promise<void>
}

/** Makes a {@link RequestRunner}. */
export function createRequestRunner(options: GuardedClientOptions): RequestRunner {
  const client = createGuardedClient(options)
  const run: RequestRunner['run'] = async (input, { signal, confirm, progress }) => {
    const body = toRequestBody(input)
    const response = await client.request({
      url: toUrlWithQuery(input),
      method: input.method,
      headers: { ...(body !== undefined && { 'content-type': body.contentType }), ...toLowerNames(input.headers) },
      ...(body !== undefined && { body: body.bytes }),
      timeoutMs: input.timeout_ms,
      followRedirects: input.follow_redirects,
      signal,
      ...(confirm !== undefined && { confirm }),
      ...(progress !== undefined && { onProgress: progress }),
    })
    const { structured, text } = shapeResponse(response, input)
    return { structured, content: [{ type: 'text', text }] }
  }
  return { run, close: () => client.close() }
}

/** So that the caller's content type replaces the body's own, however it is spelt. */
function toLowerNames(headers: RequestInput['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
}

function toUrlWithQuery({ url, query }: RequestInput): string {
  if (query === undefined) return url
  const parsed = URL.parse(url)
  if (parsed === null) throw new ToolError('invalid_url', `${JSON.stringify(url)} is not a URL.`)
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) parsed.searchParams.append(name, String(each))
  }
  return parsed.href
}
