import OpenAI from 'openai'
import { expect, test } from 'vitest'
import {
  type FakeModelServer,
  type FakeModelServerOptions,
  startFakeModelServer,
} from '../../../support/fake-model-server.ts'
import { noTools } from '../../../support/no-tools.ts'
import { openService } from '../../../support/open-service.ts'

/** What a model server tells of its one model, and the client of a service in front of it. */
async function open(
  options: FakeModelServerOptions,
): Promise<{ fake: FakeModelServer; client: OpenAI } & AsyncDisposable> {
  const fake = await startFakeModelServer({ models: ['m'], ...options })
  const service = await openService({ baseUrl: fake.url, mcpConfig: noTools })
  return {
    fake,
    client: new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 }),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await fake.close()
    },
  }
}

type Content = OpenAI.Responses.ResponseInputContent

const json = (body: unknown) => ({ raw: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
const list = (fields: object) => ({ '/v1/models': json({ object: 'list', data: [{ id: 'm', ...fields }] }) })
const pixel = 'data:image/png;base64,iVBORw0KGgo='
const image: Content = { type: 'input_image', image_url: pixel, detail: 'auto' }
const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } } as unknown as Content
const toParams = (...content: Content[]): OpenAI.Responses.ResponseCreateParamsNonStreaming => ({
  model: 'm',
  input: [{ role: 'user', content: [{ type: 'input_text', text: 'What is this?' }, ...content] }],
})

test.each<[string, FakeModelServerOptions['routes']]>([
  ['llama.cpp', { ...list({ owned_by: 'llamacpp' }), '/props': json({ modalities: { vision: false, audio: true } }) }],
  ['Ollama', { ...list({ owned_by: 'library' }), '/api/show': json({ capabilities: ['completion', 'tools'] }) }],
  [
    'LM Studio',
    { ...list({ owned_by: 'organization_owner' }), '/api/v0/models': json({ data: [{ id: 'm', type: 'llm' }] }) },
  ],
  ['OpenRouter', list({ architecture: { input_modalities: ['text', 'audio'] } })],
  ['Mistral', list({ capabilities: { vision: false, completion_chat: true } })],
])('an image is refused with its place where %s says that the model takes none', async (_name, routes = {}) => {
  await using bench = await open({ routes })
  const { client, fake } = bench
  await expect(client.responses.create(toParams(image))).rejects.toMatchObject({
    status: 400,
    param: 'input[0].content[1]',
    message: expect.stringContaining('does not take images') as string,
  })
  const output: OpenAI.Responses.ResponseInputItem[] = [
    { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_image', image_url: pixel }] },
  ]
  await expect(client.responses.create({ model: 'm', input: output })).rejects.toMatchObject({
    param: 'input[1].output[0]',
  })
  expect(fake.chats).toEqual([])
  fake.script({ text: 'Heard.' })
  expect((await client.responses.create(toParams(sound))).output_text).toBe('Heard.')
})

test.each<[string, FakeModelServerOptions['routes']]>([
  ['is known to take it', { ...list({ owned_by: 'llamacpp' }), '/props': json({ modalities: { vision: true } }) }],
  ['is not known', list({ owned_by: 'vllm' })],
  ['cannot be asked about', { '/v1/models': { status: 500 } }],
])('an image is passed to a model that %s', async (_name, routes = {}) => {
  await using bench = await open({ routes })
  bench.fake.script({ text: 'A dot.' })
  expect((await bench.client.responses.create(toParams(image))).output_text).toBe('A dot.')
  expect(JSON.stringify(bench.fake.chats[0]?.body)).toContain(pixel)
})

test('a sound is refused where a list of what goes in lacks it', async () => {
  await using bench = await open({ routes: list({ input_modalities: ['text', 'image'] }) })
  await expect(bench.client.responses.create(toParams(image, sound))).rejects.toMatchObject({
    param: 'input[0].content[2]',
  })
})

test('what the model server refused once is refused here from then on, and a bad image teaches nothing', async () => {
  await using bench = await open({})
  const { client, fake } = bench
  fake.script(
    { status: 400, message: 'The image format image/tiff is not supported.' },
    { text: 'A dot.' },
    { status: 400, message: 'm is not a multimodal model' },
  )
  const ask = (): Promise<OpenAI.Responses.Response> => client.responses.create(toParams(image))
  expect((await ask()).status).toBe('failed')
  expect((await ask()).output_text).toBe('A dot.')
  expect((await ask()).error?.message).toContain('multimodal')
  await expect(ask()).rejects.toMatchObject({ status: 400, param: 'input[0].content[1]' })
  expect(fake.chats).toHaveLength(3)
})

test('many images are left to the model server to count', async () => {
  await using bench = await open({ contextLength: 1000 })
  bench.fake.script({ text: 'Dots.' })
  const images = Array.from({ length: 50 }, () => image)
  expect((await bench.client.responses.create(toParams(...images))).output_text).toBe('Dots.')
})
