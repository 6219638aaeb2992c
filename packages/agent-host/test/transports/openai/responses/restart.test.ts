import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { OptionName } from '../../../../src/config/options.ts'
import { checkingFetch } from '../../../support/checking-fetch.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { openService } from '../../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer

beforeAll(async () => {
  fake = await startFakeModelServer({ models: ['gpt-oss-20b'] })
})
afterAll(() => fake.close())
beforeEach(() => {
  bench = createWorkbench()
})
afterEach(() => bench[Symbol.dispose]())

/** A life of the service on the same folder. */
async function live<Result>(
  work: (client: OpenAI, url: string) => Promise<Result>,
  flags: Partial<Record<OptionName, unknown>> = {},
): Promise<Result> {
  const dataDir = join(bench.folder, 'data')
  await using service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, dataDir, ...flags })
  return await work(
    new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch }),
    service.url,
  )
}

const model = 'gpt-oss-20b'
const sent = (): Record<string, unknown>[] => fake.chats.at(-1)?.body.messages ?? []

const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: null,
}

test('a call is answered after a restart, and its response is found as it was', async () => {
  fake.script(
    { toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{"city":"서울"}' }] },
    { text: '서울은 맑습니다.' },
  )
  const first = await live((client) => client.responses.create({ model, input: '서울 날씨 어때?', tools: [weather] }))
  const answer = await live(async (client) => {
    expect(await client.responses.retrieve(first.id)).toEqual(first)
    return await client.responses.create({
      model,
      previous_response_id: first.id,
      tools: [weather],
      input: [{ type: 'function_call_output', call_id: 'call_1', output: '{"sky":"clear"}' }],
    })
  })
  expect(answer.output_text).toBe('서울은 맑습니다.')
  expect(sent().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
})

async function thinkAndGoOn(
  between: Partial<Record<OptionName, unknown>>,
  first: typeof between = {},
): Promise<unknown> {
  fake.script(
    { reasoning: 'A deep thought.', toolCalls: [{ id: 'c', name: 'get_weather', arguments: '{}' }] },
    { text: 'Sun.' },
  )
  const asked = { model, store: false, include: ['reasoning.encrypted_content' as const], tools: [weather] }
  const { output } = await live((client) => client.responses.create({ ...asked, input: 'Hi' }), first)
  // The client keeps only what it cannot read.
  const kept = output.map((item) => (item.type === 'reasoning' ? { ...item, content: [], summary: [] } : item))
  const input = [
    { role: 'user', content: 'Hi' },
    ...kept,
    { type: 'function_call_output', call_id: 'c', output: '21' },
  ] as OpenAI.Responses.ResponseInput
  await live((client) => client.responses.create({ ...asked, input }), between)
  return sent().find(({ role }) => role === 'assistant')?.reasoning_content
}

test('reasoning that the client carries is read after a restart, with a key that is kept for its owner alone', async () => {
  expect(await thinkAndGoOn({})).toBe('A deep thought.')
  expect(statSync(join(bench.folder, 'data', 'responses-secret')).mode & 0o777).toBe(0o600)
})

const replica = (name: string) => ({ dataDir: ':memory:', responsesSecret: name.repeat(32) })

test('replicas read it with a secret that they share, and with another nobody does', async () => {
  expect(await thinkAndGoOn(replica('a'), replica('a'))).toBe('A deep thought.')
  expect(await thinkAndGoOn(replica('b'), replica('a'))).toBeUndefined()
})

test('of what is not stored nothing is left, in no folder', async () => {
  await live(
    async (client) => {
      fake.script({ text: 'Hello.' }, { text: 'Hello.' })
      await client.responses.create({ model, input: 'Hi' })
      const before = filesIn(bench.folder)
      const { id } = await client.responses.create({ model, input: 'A secret.', store: false })
      expect(filesIn(bench.folder)).toEqual(before)
      await expect(client.responses.retrieve(id)).rejects.toThrow('There is no response')
    },
    { chatLog: 'off' },
  )
})

/** Every file with its size. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(folder, name)).size}`)
    .toSorted()
}
