import { afterAll, beforeAll } from 'vitest'
import { type Answer, type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

const tools = [
  { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  { type: 'mcp', server_label: 'test', allowed_tools: ['echo'], require_approval: 'never' },
]

/** What is asked for: with a tool of the client's, and one of ours. */
export const asked = { model: 'm', input: '서울 날씨 어때?', tools, include: ['reasoning.encrypted_content'] }

export const text = '서울은 맑습니다. It is 21 degrees.'

/** Answers of each kind. */
export const answers: readonly Answer[] = [
  { reasoning: 'I know this one.', text },
  {
    text: 'I look.',
    toolCalls: [
      { id: 'a', name: 'get_weather', arguments: { city: '서울' } },
      { id: 'b', name: 'get_weather', arguments: { city: 'Busan' } },
    ],
  },
  { reasoning: 'Echo.', toolCalls: [{ id: 'c', name: 'echo', arguments: { text: '안녕하세요' } }] },
  { text: 'Yes. <tool_call>\n{"name": "get_weather", "arguments": {"city": "서울"}}\n</tool_call>' },
]

/** A service for all tests of a file. */
export interface TestedResponses {
  readonly fake: FakeModelServer
  /** Where the service listens. */
  readonly url: string
  /** `path` is below `/v1`. */
  post(path: string, body: object, signal?: AbortSignal): Promise<Response>
  get(path: string): Promise<Response>
}

export function useResponses(): TestedResponses {
  let bench: Workbench
  let fake: FakeModelServer
  let service: OpenedService
  beforeAll(async () => {
    bench = createWorkbench()
    fake = await startFakeModelServer({ models: ['m'] })
    service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    await fake.close()
    bench[Symbol.dispose]()
  })
  return {
    get fake() {
      return fake
    },
    get url() {
      return service.url
    },
    get: (path) => fetch(`${service.url}/v1${path}`),
    async post(path, body, signal) {
      const headers = { 'content-type': 'application/json' }
      const asking = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) }
      return await fetch(`${service.url}/v1${path}`, asking)
    },
  }
}

export async function toJson(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown>
}
