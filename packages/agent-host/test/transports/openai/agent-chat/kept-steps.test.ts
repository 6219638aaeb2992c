import { expect, test } from 'vitest'
import { assembleWhole } from '../../../support/chat-stream.ts'
import { describeWith } from '../../../support/describe-with.ts'
import { storeKinds } from '../../../support/store-kinds.ts'
import { callEcho, callWeather, hello, useAgent, weather } from './use-agent.ts'

const agent = useAgent()

/** Asks where a tool of ours and then one of the client's is called; gives the conversation with the client's answer. */
async function callAndAnswer(url: string): Promise<object[]> {
  agent.fake.script({ toolCalls: [callEcho('hidden')] }, { toolCalls: [callWeather] })
  const { body } = await agent.post({ tools: [weather] }, url)
  const { message } = (body.choices as { message: Record<string, unknown> }[])[0] ?? {}
  const id = assembleWhole(body)[0]?.tool_calls[0]?.id
  return [...hello, { role: 'assistant', ...message }, { role: 'tool', tool_call_id: id, content: 'sun' }]
}

/** What the model is shown where the conversation goes on. */
async function goOn(messages: object[], url: string): Promise<object[]> {
  agent.fake.script({ text: 'Sunny.' })
  await agent.post({ tools: [weather], messages }, url)
  return agent.lastMessages()
}

const whole = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', tool_calls: [{ id: 'e1' }] },
  { role: 'tool', tool_call_id: 'e1', content: 'hidden' },
  { role: 'assistant', tool_calls: [{ id: 'w1' }] },
  { role: 'tool', tool_call_id: 'w1', content: 'sun' },
]

for (const { name, missing, start } of storeKinds) {
  describeWith(name, missing, () => {
    test('a call of a client tool comes back to the steps before it on another service, and after a restart', async () => {
      await using store = await start()
      const open = () =>
        agent.openAnother({
          dataDir: store.env.DATA_DIR ?? ':memory:',
          redisUrl: store.env.REDIS_URL,
          databaseUrl: store.env.DATABASE_URL,
        })
      let messages: object[]
      {
        await using one = await open()
        await using other = await open()
        messages = await callAndAnswer(one.url)
        expect(await goOn(messages, other.url)).toMatchObject(whole)
      }
      await using restarted = await open()
      expect(await goOn(messages, restarted.url)).toMatchObject(whole)
    })
  })
}
