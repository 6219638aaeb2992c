import OpenAI, { NotFoundError } from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { checkingFetch } from '../../../support/checking-fetch.ts'
import { text, useResponses } from './use-responses.ts'

/** What the `openai` client has for Responses, and the other tests do not use. */

const tested = useResponses()
let client: OpenAI

beforeAll(() => {
  client = new OpenAI({ baseURL: `${tested.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch })
})

type StreamEvent = OpenAI.Responses.ResponseStreamEvent
const model = 'm'
const turns = (...said: string[]): OpenAI.Responses.ResponseInput =>
  said.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content }))

test('its stream helper puts the answer together, also one that is there already', async () => {
  tested.fake.script({ reasoning: 'Hm.', text, split: 3 })
  const stream = client.responses.stream({ model, input: 'Hi' })
  const snapshots: string[] = []
  stream.on('response.output_text.delta', ({ snapshot }) => void snapshots.push(snapshot))
  const response = await stream.finalResponse()
  expect(response.output_text).toBe(text)
  expect(snapshots.at(-1)).toBe(text)
  const again = client.responses.stream({ response_id: response.id, starting_after: 4 })
  const numbers: number[] = []
  for await (const event of again) numbers.push(event.sequence_number)
  expect(numbers[0]).toBe(5)
  expect((await again.finalResponse()).output).toEqual(response.output)
})

test('it leaves a stream in the background, and goes on with it while the model speaks', async () => {
  const spoke = Promise.withResolvers<void>()
  tested.fake.script({ text, split: 3, fault: { kind: 'stall', after: 5, until: spoke.promise } })
  const events: StreamEvent[] = []
  for await (const event of await client.responses.create({ model, input: 'Hi', background: true, stream: true })) {
    events.push(event)
    if (event.type === 'response.output_text.delta') break
  }
  const [created] = events
  const id = created?.type === 'response.created' ? created.response.id : ''
  const starting_after = events.at(-1)?.sequence_number ?? 0
  const rest = await client.responses.retrieve(id, { stream: true, starting_after })
  spoke.resolve()
  for await (const event of rest) events.push(event)
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, number) => number))
  const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []))
  expect(deltas.join('')).toBe(text)
  const { output } = await client.responses.retrieve(id)
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id, output } })
})

test('it reads what a response was asked, page by page', async () => {
  tested.fake.script({ text: 'Five.' })
  const said = ['one', 'two', 'three', 'four', 'five']
  const { id } = await client.responses.create({ model, input: turns(...said) })
  const found: string[] = []
  for await (const item of client.responses.inputItems.list(id, { limit: 2, order: 'asc' })) {
    found.push(JSON.stringify('content' in item && item.content))
  }
  expect(found.map((content) => /"text":"(\w+)"/.exec(content)?.[1])).toEqual(said)
  const newest = await client.responses.inputItems.list(id, { limit: 1 })
  expect(newest.data).toMatchObject([{ content: [{ text: 'five' }] }])
  expect(newest.has_more).toBe(true)
})

test('it reads a conversation as it was made, and its items page by page', async () => {
  const made = await client.conversations.create({
    items: turns('one', 'two', 'three'),
    metadata: { topic: 'numbers' },
  })
  expect(await client.conversations.retrieve(made.id)).toEqual(made)
  const found: unknown[] = []
  for await (const item of client.conversations.items.list(made.id, { limit: 1, order: 'asc' })) found.push(item)
  expect(found).toMatchObject([
    { role: 'user', content: [{ text: 'one' }] },
    { role: 'assistant', content: [{ text: 'two' }] },
    { role: 'user', content: [{ text: 'three' }] },
  ])
})

test('it deletes a response that goes on, which lets go of the model, and finds nothing of it then', async () => {
  tested.fake.script({ text, fault: { kind: 'stall', after: 1 } })
  const before = tested.fake.requests.length
  const { id } = await client.responses.create({ model, input: 'Hi', background: true })
  const { closed } = await tested.fake.received(before + 1)
  await client.responses.delete(id)
  await expect(closed).resolves.toBeUndefined()
  for (const gone of [
    () => client.responses.retrieve(id),
    () => client.responses.retrieve(id, { stream: true }),
    () => client.responses.cancel(id),
    () => client.responses.delete(id),
    () => client.responses.inputItems.list(id),
    () => client.responses.create({ model, previous_response_id: id, input: 'Hi' }),
  ]) {
    await expect(gone()).rejects.toBeInstanceOf(NotFoundError)
  }
})
