import { expect, test } from 'vitest'
import { startFakeModelServer } from '../../support/fake-model-server.ts'
import { openService } from '../../support/open-service.ts'
import { createWorkbench } from '../../support/workbench.ts'
import { send } from './run-client.ts'

const open = async (flags: Parameters<typeof openService>[0] = {}) => {
  const bench = createWorkbench()
  const fake = await startFakeModelServer({ models: ['m'] })
  const service = await openService({ ...flags, baseUrl: fake.url, mcpConfig: bench.mcpConfig })
  const url = `${service.url}/api/v1/sessions`
  return {
    fake,
    url,
    chat: (message: string, session_id: string) =>
      send('POST', `${service.url}/api/chat`, { message, session_id }).then(({ body }) => body),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await fake.close()
      bench[Symbol.dispose]()
    },
  }
}

test('a conversation goes on by its id, which a client may choose, and is read, renamed and listed', async () => {
  await using opened = await open()
  const { fake, url, chat } = opened
  fake.script({ text: 'One.' }, { text: 'Two.' }, { text: 'Other.' })
  expect(await chat('First?', 'mine')).toMatchObject({ content: 'One.', session_id: 'mine' })
  expect(await chat('Second?', 'mine')).toMatchObject({ content: 'Two.' })
  await chat('Something else?', 'other')
  const { body } = await send('GET', `${url}/mine`)
  expect(body).toMatchObject({ session_id: 'mine', title: 'First?', forked_from: null, pending: [] })
  expect((body.messages as { role: string }[]).map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
  ])
  expect((await send('PATCH', `${url}/mine`, { title: 'Numbers' })).body).toMatchObject({ title: 'Numbers' })
  const first = await send('GET', `${url}?limit=1`)
  expect(first.body.sessions).toMatchObject([{ session_id: 'other' }])
  const second = await send('GET', `${url}?limit=1&cursor=${String(first.body.next_cursor)}`)
  expect(second.body).toMatchObject({ sessions: [{ session_id: 'mine', title: 'Numbers' }], next_cursor: null })
})

test('a conversation is read whole, also where it has outgrown the model', async () => {
  await using opened = await open({ contextLength: 2000 })
  const { fake, url, chat } = opened
  fake.script({ text: 'One.' }, { text: 'They ask much.' }, { text: 'Two.' })
  await chat(`First? ${'x'.repeat(4000)}`, 'mine')
  await chat(`Second? ${'y'.repeat(2000)}`, 'mine')
  expect(JSON.stringify(fake.chats.at(-1)?.body.messages)).not.toContain('First?')
  const { messages } = (await send('GET', `${url}/mine`)).body
  expect(JSON.stringify(messages)).not.toContain('They ask much.')
  expect((messages as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  const markdown = await (await fetch(`${url}/mine/export?format=markdown`)).text()
  for (const said of ['First?', 'One.', 'Second?', 'Two.']) expect(markdown).toContain(said)
})

test('a fork lives on its own, and the original may go', async () => {
  await using opened = await open()
  const { fake, url, chat } = opened
  fake.script({ text: 'One.' }, { text: 'Two.' })
  await chat('First?', 'mine')
  const fork = await send('POST', `${url}/mine/fork`, { session_id: 'copy' })
  expect(fork).toMatchObject({ status: 201, body: { session_id: 'copy', forked_from: { session_id: 'mine' } } })
  expect((await send('DELETE', `${url}/mine`)).status).toBe(204)
  expect((await send('GET', `${url}/mine`)).status).toBe(404)
  await chat('Second?', 'copy')
  const sent = fake.chats.at(-1)?.body.messages?.slice(1)
  expect(sent?.map(({ content }) => content)).toEqual(['First?', 'One.', 'Second?'])
})

test('a conversation is exported as it is kept, and to read', async () => {
  await using opened = await open()
  const { fake, url, chat } = opened
  fake.script({ toolCalls: [{ name: 'echo', arguments: { text: '```' } }] }, { text: 'It said ```.' })
  await chat('Say it.', 'mine')
  const lines = await fetch(`${url}/mine/export`)
  expect(lines.headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
  const [session, ...entries] = (await lines.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; body?: { type: string } })
  expect(session?.id).toBe('mine')
  expect(entries.map(({ body }) => body?.type)).toEqual([
    'message',
    'message',
    'tool-intent',
    'message',
    'message',
    'run-end',
  ])
  const markdown = await fetch(`${url}/mine/export?format=markdown`)
  expect(markdown.headers.get('content-disposition')).toBe('attachment; filename="mine.md"')
  expect(await markdown.text()).toContain('Result:\n\n````\n```\n````')
})

test.each([
  ['GET', '/none', undefined, 404],
  ['GET', '/none/export', undefined, 404],
  ['GET', '/none/export?format=pdf', undefined, 400],
  ['PATCH', '/none', { title: 'x' }, 404],
  ['PATCH', '/none', { name: 'x' }, 400],
  ['POST', '/none/fork', {}, 404],
  ['DELETE', '/none', undefined, 404],
  ['GET', '?limit=0', undefined, 400],
  ['GET', '?cursor=x', undefined, 400],
])('%s %s with %j is refused with %i', async (method, path, body, status) => {
  await using opened = await open()
  expect((await send(method, opened.url + path, body)).status).toBe(status)
})
