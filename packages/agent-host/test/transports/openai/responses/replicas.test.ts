import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../support/describe-with.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { noTools } from '../../../support/no-tools.ts'
import { openService } from '../../../support/open-service.ts'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'
import { type StartedStore, storeKinds } from '../../../support/store-kinds.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
beforeAll(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
})
afterAll(async () => {
  await fake.close()
  bench[Symbol.dispose]()
})

/** One replica, which lives as long as the work. */
async function live<Result>(
  { env }: StartedStore,
  work: (client: OpenAI) => Promise<Result>,
  mcpConfig = noTools,
): Promise<Result> {
  await using service = await openService({
    baseUrl: fake.url,
    mcpConfig,
    dataDir: env.DATA_DIR ?? ':memory:',
    redisUrl: env.REDIS_URL,
    databaseUrl: env.DATABASE_URL,
  })
  return await work(new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 }))
}

const weather: OpenAI.Responses.FunctionTool = { type: 'function', name: 'weather', parameters: {}, strict: null }
const echo: OpenAI.Responses.Tool.Mcp = { type: 'mcp', server_label: 'test', allowed_tools: ['echo'] }
const callWeather = { toolCalls: [{ id: 'w1', name: 'weather', arguments: '{"city":"서울"}' }] }
const sky = { type: 'function_call_output' as const, call_id: 'w1', output: '맑음' }
const sent = (): object[] => fake.chats.at(-1)?.body.messages ?? []
const asked = [
  { role: 'user', content: '서울 날씨 어때?' },
  { role: 'assistant', tool_calls: [{ id: 'w1', function: { name: 'weather' } }] },
  { role: 'tool', tool_call_id: 'w1', content: '맑음' },
]

for (const { name, missing, start } of storeKinds) {
  describeWith(name, missing, () => {
    test('a Response goes on at another replica, and after a restart, with its call and the output', async () => {
      await using store = await start()
      fake.script(callWeather, { text: '서울은 맑습니다.' }, { text: '21도.' })
      const [first, second] = await live(store, async (one) => {
        const question = await one.responses.create({ model: 'm', input: '서울 날씨 어때?', tools: [weather] })
        const answer = await live(store, async (other) => {
          expect(await other.responses.retrieve(question.id)).toEqual(question)
          const params = { model: 'm', previous_response_id: question.id, tools: [weather], input: [sky] }
          return await other.responses.create(params)
        })
        expect(await one.responses.retrieve(answer.id)).toEqual(answer)
        return [question, answer] as const
      })
      expect(second.output_text).toBe('서울은 맑습니다.')
      await live(store, async (restarted) => {
        const params = { model: 'm', previous_response_id: second.id, input: '몇 도야?' }
        expect((await restarted.responses.create(params)).output_text).toBe('21도.')
        expect(sent()).toMatchObject([...asked, { content: '서울은 맑습니다.' }, { content: '몇 도야?' }])
        const items = await restarted.responses.inputItems.list(second.id)
        expect(items.data).toMatchObject([{ type: 'function_call_output', call_id: 'w1', output: '맑음' }])
        const events: StreamedEvent[] = []
        const checker = createStreamChecker()
        for await (const event of await restarted.responses.retrieve(first.id, { stream: true })) {
          checker.add(event as unknown as StreamedEvent)
          events.push(event as unknown as StreamedEvent)
        }
        expect(checker.end()).toMatchObject({ id: first.id, output: first.output })
        await restarted.responses.delete(first.id)
      })
      await live(store, async (again) => {
        await expect(again.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
      })
    })

    test('so does a conversation, with a call that waits for an approval in between', async () => {
      await using store = await start()
      fake.script(
        callWeather,
        { text: '맑습니다.' },
        { toolCalls: [{ id: 'e1', name: 'echo', arguments: { text: '안녕' } }] },
        { text: '안녕이라고 했습니다.' },
      )
      const conversation = await live(store, async (one) => {
        const { id } = await one.conversations.create({ metadata: { topic: 'weather' } })
        await one.responses.create({ model: 'm', conversation: id, input: '서울 날씨 어때?', tools: [weather] })
        return id
      })
      await live(store, (other) => other.responses.create({ model: 'm', conversation, tools: [weather], input: [sky] }))
      const waiting = await live(
        store,
        async (third) => {
          expect(await third.conversations.retrieve(conversation)).toMatchObject({ metadata: { topic: 'weather' } })
          const items = await third.conversations.items.list(conversation, { order: 'asc' })
          expect(items.data.map(({ type }) => type)).toEqual([
            'message',
            'function_call',
            'function_call_output',
            'message',
          ])
          return await third.responses.create({ model: 'm', conversation, tools: [echo], input: 'Echo' })
        },
        bench.mcpConfig,
      )
      const request = waiting.output.at(-1)
      expect(request).toMatchObject({ type: 'mcp_approval_request', name: 'echo' })
      const approve = { type: 'mcp_approval_response' as const, approval_request_id: request?.id ?? '', approve: true }
      const done = await live(
        store,
        (last) => last.responses.create({ model: 'm', conversation, tools: [echo], input: [approve] }),
        bench.mcpConfig,
      )
      expect(done.output).toMatchObject([{ type: 'mcp_list_tools' }, { type: 'mcp_call', output: '안녕' }, {}])
      expect(sent().slice(0, 4)).toMatchObject([...asked, { content: '맑습니다.' }])
    })
  })
}
