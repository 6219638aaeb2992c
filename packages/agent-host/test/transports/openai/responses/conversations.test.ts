import OpenAI from 'openai'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkingFetch } from '../../../support/checking-fetch.ts'
import { useResponses } from './use-responses.ts'

const tested = useResponses()
let client: OpenAI

beforeAll(() => {
  client = new OpenAI({ baseURL: `${tested.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch })
})

const sent = (): Record<string, unknown>[] => tested.fake.chats.at(-1)?.body.messages ?? []

describe('a conversation', () => {
  test('is added to by each response, and listed', async () => {
    tested.fake.script({ text: 'Hello Kim.' }, { text: 'Kim.' })
    const conversation = await client.conversations.create({
      items: [{ role: 'developer', content: 'Be brief.' }],
      metadata: { topic: 'names' },
    })
    await client.responses.create({ model: 'm', conversation: conversation.id, input: 'I am Kim.' })
    const second = await client.responses.create({
      model: 'm',
      conversation: { id: conversation.id },
      input: 'Who am I?',
    })
    expect(second.conversation).toEqual({ id: conversation.id })
    expect(sent().map(({ content }) => content)).toEqual(['Be brief.', 'I am Kim.', 'Hello Kim.', 'Who am I?'])
    const { data } = await client.conversations.items.list(conversation.id, { order: 'asc' })
    expect(data.map((item) => ('role' in item ? item.role : item.type))).toEqual([
      'developer',
      'user',
      'assistant',
      'user',
      'assistant',
    ])
    const [, said] = data
    expect(await client.conversations.items.retrieve(said?.id ?? '', { conversation_id: conversation.id })).toEqual(
      said,
    )
  })

  test('is changed, goes on without an item, and is deleted', async () => {
    tested.fake.script({ text: 'Yes.' })
    const { id } = await client.conversations.create({ items: [{ role: 'user', content: 'one' }] })
    await client.conversations.items.create(id, { items: [{ role: 'user', content: 'two' }] })
    const items = await client.conversations.items.list(id, { order: 'asc' })
    await client.conversations.items.delete(items.data[0]?.id ?? '', { conversation_id: id })
    await client.responses.create({ model: 'm', conversation: id, input: 'three' })
    expect(sent().map(({ content }) => content)).toEqual(['two', 'three'])
    expect(await client.conversations.update(id, { metadata: { a: 'b' } })).toMatchObject({ metadata: { a: 'b' } })
    await client.conversations.delete(id)
    await expect(client.conversations.retrieve(id)).rejects.toThrow('no conversation')
  })
})

test('an item is referred to by its id, in its own conversation and in another', async () => {
  tested.fake.script({ text: 'Hello.' }, { text: 'One.' }, { text: 'Two.' })
  const first = await client.responses.create({ model: 'm', input: 'Hi' })
  const reference = { type: 'item_reference' as const, id: first.output[0]?.id ?? '' }
  const input: OpenAI.Responses.ResponseInput = [reference, { role: 'user', content: 'Go on' }]
  await client.responses.create({ model: 'm', previous_response_id: first.id, input })
  expect(sent().map(({ content }) => content)).toEqual(['Hi', 'Hello.', 'Go on'])
  await client.responses.create({ model: 'm', input })
  expect(sent().map(({ content }) => content)).toEqual(['Hello.', 'Go on'])
  const unknown = client.responses.create({ model: 'm', input: [{ ...reference, id: 'msg_nope' }] })
  await expect(unknown).rejects.toMatchObject({ param: 'input[0].id' })
})

test('a conversation is compacted, and goes on from its summary', async () => {
  tested.fake.script({ text: 'Hello Kim.' }, { text: 'The user is Kim.' }, { text: 'Kim.' })
  const first = await client.responses.create({ model: 'm', input: 'I am Kim.' })
  const compacted = await client.responses.compact({ model: 'm', previous_response_id: first.id })
  expect(sent().map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ type: 'compaction' }] })
  expect(JSON.stringify(compacted.output)).not.toContain('Kim')
  const input = [...compacted.output, { role: 'user', content: 'Who am I?' }] as OpenAI.Responses.ResponseInput
  await client.responses.create({ model: 'm', input })
  expect(sent()).toEqual([
    { role: 'system', content: 'Summary of the conversation so far:\nThe user is Kim.' },
    { role: 'user', content: 'Who am I?' },
  ])
  const forged = client.responses.create({ model: 'm', input: [{ type: 'compaction', encrypted_content: 'AAAA' }] })
  await expect(forged).rejects.toMatchObject({ param: 'input[0].encrypted_content' })
})

test('the tokens of a request are counted by the model server, with its tools, and nothing runs', async () => {
  const usage = { prompt_tokens: 321, completion_tokens: 1, total_tokens: 322 }
  tested.fake.script({ text: 'H', usage, finishReason: 'length' })
  const tools: OpenAI.Responses.Tool[] = [{ type: 'mcp', server_label: 'test', require_approval: 'never' }]
  const counted = await client.responses.inputTokens.count({ model: 'm', input: 'Hello', tools })
  expect(counted).toMatchObject({ object: 'response.input_tokens', input_tokens: 321 })
  expect(tested.fake.chats.at(-1)?.body).toMatchObject({ max_tokens: 1, tools: expect.any(Array) as unknown[] })
})
