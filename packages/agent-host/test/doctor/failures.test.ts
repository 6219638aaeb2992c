import { describe, expect, test } from 'vitest'
import { createModelServer } from '../../src/backend/model-server.ts'
import { examineServer } from '../../src/doctor/examine.ts'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { examine } from './examine.ts'
import { scriptedModel } from './scripted-model.ts'

describe('a server that fails', () => {
  test('at a plain question is asked nothing more', async () => {
    await using result = await examine({ reply: { status: 500, message: 'out of memory', times: 99 } })
    expect(result.model.findings).toEqual([
      { name: 'chat', state: 'problem', says: 'refused (500): out of memory', change: null, requests: [2] },
    ])
    expect(result.fake.requests).toHaveLength(2)
  })

  test('to answer one probe in time has that told, and is asked on', async () => {
    const model = scriptedModel()
    await using result = await examine(
      {
        models: ['m'],
        reply: async (request) => (request.body.functions ? { noReply: 'stall' } : model(request)),
      },
      { timeoutMs: 300 },
    )
    expect(result.of('functions')).toMatchObject({ state: 'note', says: 'no whole answer in time' })
    expect(result.of('tools: []').state).toBe('ok')
  })

  test('to list its models has that told with the reason', async () => {
    await using result = await examine({ apiKey: 'sk-secret', routes: { '/v1/models': { status: 401 } } })
    expect(result.report).toMatchObject({ kind: null, examined: [], error: { code: 'model_failed' } })
    expect(JSON.stringify(result.report)).not.toContain('sk-secret')
  })

  test('by going away in the middle ends the examination with what was found', async () => {
    const fake = await startFakeModelServer({ models: ['m'], reply: scriptedModel() })
    const server = createModelServer({ url: fake.url, timeoutMs: 10_000 })
    const { signal } = new AbortController()
    const names: string[] = []
    let failure = ''
    for await (const event of examineServer(server, { allModels: false, timeoutMs: 10_000, signal })) {
      if (event.type === 'failure') failure = event.error.code
      if (event.type !== 'finding') continue
      names.push(event.finding.name)
      if (event.finding.name === 'tools') await fake.close()
    }
    await server.close()
    expect([names.at(-1), failure]).toEqual(['tools', 'model_unreachable'])
  })

  test('an interrupt cancels the request at the server', async () => {
    await using fake = await startFakeModelServer({ models: ['m'], reply: { noReply: 'stall' } })
    const server = createModelServer({ url: fake.url, timeoutMs: 10_000 })
    const interrupt = new AbortController()
    const events = examineServer(server, { allModels: false, timeoutMs: 10_000, signal: interrupt.signal })
    const run = (async () => {
      for await (const event of events) void event
    })()
    const request = await fake.received(2)
    interrupt.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
    await request.closed
    expect(request.aborted).toBe(true)
    await server.close()
  })
})

describe('several models', () => {
  test('are listed in an error where none is named', async () => {
    await using result = await examine({ models: ['a', 'b'] })
    expect(result.report).toMatchObject({ models: [{ id: 'a' }, { id: 'b' }], error: { code: 'invalid_config' } })
    expect(result.fake.requests).toHaveLength(1)
  })

  test('one is examined where it is named', async () => {
    await using result = await examine({ models: ['a', 'b'], reply: scriptedModel() }, { model: 'b' })
    expect(result.report.examined.map(({ model }) => model)).toEqual(['b'])
    expect(result.fake.chats.every(({ body }) => body.model === 'b')).toBe(true)
  })

  test('all are examined where that is asked for', async () => {
    await using result = await examine({ models: ['a', 'b'], reply: scriptedModel() }, { allModels: true })
    expect(result.report.examined.map(({ model, rung }) => [model, rung])).toEqual([
      ['a', 'tools'],
      ['b', 'tools'],
    ])
  })
})
