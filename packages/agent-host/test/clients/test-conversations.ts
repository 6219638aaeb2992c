import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { openProxy } from '../support/open-proxy.ts'
import { openService } from '../support/open-service.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'
import { expected, type Format, formats, type Heard, lastMessages, toScript } from './conversation.ts'

/** Has the conversation of `conversation.ts`, streamed, with the model at this address, and tells what was heard. */
export type Converse = (baseURL: string, model: string) => Promise<Heard>

/** A client hears the same of every format as of native calls, and sends the same back. */
export function testConversations(converse: Converse): void {
  describe('a streaming conversation with two tools', () => {
    const { native, ...inText } = formats

    let ofNative: Conversation
    beforeAll(async () => {
      ofNative = await throughProxy(native, converse)
    })

    test('native', () => {
      expect(ofNative.heard).toEqual(expected)
    })

    test.each(Object.entries(inText))('%s', async (_name, format) => {
      expect(await throughProxy(format, converse)).toEqual(ofNative)
    })
  })

  describe('the same conversation with the agent, which first calls a tool of its own', () => {
    let bench: Workbench
    beforeAll(() => {
      bench = createWorkbench()
    })
    afterAll(() => bench[Symbol.dispose]())

    test.each([
      ['native', formats.native],
      ['Harmony', formats.Harmony],
    ])('%s', async (_name, format) => {
      await using fake = await startFakeModelServer({ models: [format.model] })
      await using service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
      fake.script({ toolCalls: [{ name: 'echo', arguments: { text: 'psst' } }] }, ...toScript(format))
      expect(await converse(`${service.url}/v1`, 'agent')).toEqual(expected)
      expect(toolNames(fake)).toEqual(['echo', 'get_weather', 'get_weather', 'convert_money'])
    })
  })
}

interface Conversation {
  heard: Heard
  /** What the model server was sent last. */
  sent: unknown[]
}

async function throughProxy(format: Format, converse: Converse): Promise<Conversation> {
  await using proxied = await openProxy({ models: [format.model] })
  proxied.fake.script(...toScript(format))
  const heard = await converse(`${proxied.url}/v1`, format.model)
  expect(proxied.fake.chats.map(({ body }) => body.stream)).toEqual([true, true, true])
  return { heard, sent: lastMessages(proxied.fake) }
}

/** Tools whose calls the model was shown last. */
function toolNames({ chats }: FakeModelServer): string[] {
  const messages = (chats.at(-1)?.body.messages ?? []) as { tool_calls?: { function: { name: string } }[] }[]
  return messages.flatMap(({ tool_calls: calls = [] }) => calls.map((call) => call.function.name))
}
