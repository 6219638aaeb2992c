import { expect, test } from 'vitest'
import { findLocalServer, usualPorts } from '../../src/backend/find-local-server.ts'
import { agentHostHeader } from '../../src/backend/model-server.ts'
import { startFakeModelServer } from '../support/fake-model-server.ts'

async function freePort(): Promise<number> {
  await using fake = await startFakeModelServer()
  return fake.port
}

const list = JSON.stringify({ data: [{ id: 'm' }] })

test('the first port in the order given wins, not the first to answer', async () => {
  await using first = await startFakeModelServer({ models: ['a'] })
  await using second = await startFakeModelServer({ models: ['b'] })
  const closed = await freePort()
  expect(await findLocalServer([closed, second.port, first.port])).toMatchObject({
    url: second.url,
    models: [{ id: 'b' }],
  })
  expect(await findLocalServer([first.port, second.port])).toMatchObject({ url: first.url })
})

test('a server without models loses to one with, and wins over none', async () => {
  await using empty = await startFakeModelServer({ models: [] })
  await using full = await startFakeModelServer()
  expect(await findLocalServer([empty.port, full.port])).toMatchObject({ url: full.url })
  expect(await findLocalServer([empty.port, await freePort()])).toEqual({ url: empty.url, models: [] })
})

test('our own services are passed over', async () => {
  const routes = { '/v1/models': { raw: list, headers: { [agentHostHeader]: 'demo' } } }
  await using own = await startFakeModelServer({ routes })
  expect(await findLocalServer([own.port])).toBeUndefined()
  await using other = await startFakeModelServer({ routes: { '/v1/models': { raw: list } } })
  expect(await findLocalServer([own.port, other.port])).toMatchObject({ url: other.url })
})

test('what is not a model server, refuses or never answers is passed over', async () => {
  await using page = await startFakeModelServer({ routes: { '/v1/models': { raw: '<html>' } } })
  await using locked = await startFakeModelServer({ apiKey: 'k' })
  await using silent = await startFakeModelServer({ routes: { '/v1/models': { noReply: 'stall' } } })
  expect(await findLocalServer([page.port, locked.port, silent.port])).toBeUndefined()
  expect(await findLocalServer([])).toBeUndefined()
  await silent.requests[0]?.closed
  expect(silent.requests).toMatchObject([{ aborted: true }])
})

test('the usual ports are those of vLLM, Ollama, LM Studio and llama.cpp', () => {
  expect(usualPorts).toEqual([8000, 8001, 11_434, 1234, 8080])
})
