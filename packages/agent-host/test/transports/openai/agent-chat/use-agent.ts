import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { OptionName } from '../../../../src/config/options.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

export const hello = [{ role: 'user', content: 'Hello' }]

/** A call of the tool that the agent has. */
export const callEcho = (text: string, id = 'e1') => ({ id, name: 'echo', arguments: { text } })

/** A tool of the client's, and a call of it. */
export const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }
export const callWeather = { id: 'w1', name: 'weather', arguments: { city: '서울' } }

interface Answered {
  status: number
  text: string
  body: Record<string, unknown>
}

/** The agent as a model, anew for each test of a file. */
export interface TestedAgent {
  readonly fake: FakeModelServer
  /** Where the service listens. */
  readonly url: string
  /** Its answer to a chat completion; the model is `agent`, and something is said, unless `body` says otherwise. */
  post(body: object, url?: string): Promise<Answered>
  get(path: string): Promise<Pick<Answered, 'status' | 'body'>>
  /** What the model server was sent last, without the instructions. */
  lastMessages(): { role: string }[]
  /** Another service with the same model server and tools. */
  openAnother(flags: Partial<Record<OptionName, unknown>>): Promise<OpenedService>
}

export function useAgent(): TestedAgent {
  let bench: Workbench
  let fake: FakeModelServer
  let service: OpenedService
  const open: TestedAgent['openAnother'] = (flags) =>
    openService({ baseUrl: fake.url, model: 'm', mcpConfig: bench.mcpConfig, ...flags })
  beforeAll(() => {
    bench = createWorkbench()
  })
  afterAll(() => bench[Symbol.dispose]())
  beforeEach(async () => {
    fake = await startFakeModelServer({ models: ['m', 'other'] })
    service = await open({ systemPrompt: 'Be kind.' })
  })
  afterEach(async () => {
    await service[Symbol.asyncDispose]()
    await fake.close()
  })
  return {
    openAnother: open,
    get fake() {
      return fake
    },
    get url() {
      return service.url
    },
    async post(body, url = service.url) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'agent', messages: hello, ...body }),
      })
      const text = await response.text()
      return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Answered['body']) : {} }
    },
    async get(path) {
      const response = await fetch(service.url + path)
      return { status: response.status, body: (await response.json()) as Answered['body'] }
    },
    lastMessages: () =>
      (fake.chats.at(-1)?.body.messages ?? []).filter(({ role }) => role !== 'system') as { role: string }[],
  }
}
