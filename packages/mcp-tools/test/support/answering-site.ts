import type { ContentBlock } from '@modelcontextprotocol/server'
import { createHttpRequest } from '../../src/tools/http-request/http-request.ts'
import type { HttpRequestOptions } from '../../src/tools/http-request/run.ts'
import type { ResponseOutput } from '../../src/tools/http-request/schema.ts'
import { createFakeNetwork } from './fake-network.ts'

export interface Served {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
  /** Runs when the request has arrived. */
  readonly meanwhile?: () => void
}

export interface Answer {
  readonly answer: ResponseOutput
  /** The first block: what a model reads. */
  readonly text: string
  readonly content: readonly ContentBlock[]
}

/** One site that serves what each test wants, and one tool that asks it. */
export interface AnsweringSite {
  /** What the tool makes of `served`. Rejects with the tool's error. */
  read(served: Served, args?: Readonly<Record<string, unknown>>): Promise<Answer>
  /** How many requests have arrived. */
  asked(): number
  close(): Promise<void>
}

export const siteUrl = 'http://example.com/dir/page'

export async function startAnsweringSite(
  options: HttpRequestOptions & { readonly names?: readonly string[] } = {},
): Promise<AnsweringSite> {
  let current: Served = {}
  let asked = 0
  const names = ['example.com', ...(options.names ?? [])]
  const network = await createFakeNetwork({
    names: Object.fromEntries(names.map((name) => [name, [['93.184.215.14']]])),
    respond(_request, response) {
      asked += 1
      current.meanwhile?.()
      response.writeHead(current.status ?? 200, current.headers ?? {}).end(current.body ?? '')
    },
  })
  const tool = createHttpRequest({ ...network.options, allow: names.join(' '), ...options })
  return {
    async read(served, args = {}) {
      current = served
      const call = { signal: new AbortController().signal }
      const { structured, content } = await tool.run({ url: siteUrl, cache: false, ...args }, call)
      const [report] = content
      return {
        answer: structured as ResponseOutput,
        text: report?.type === 'text' ? report.text : '',
        content,
      }
    },
    asked: () => asked,
    async close() {
      await tool.close?.()
      await network.close()
    },
  }
}
