import { expect, test } from 'vitest'
import { chooseModel } from '../../src/backend/choose-model.ts'
import { createModelTarget } from '../../src/backend/model-target.ts'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { openServer } from './open-server.ts'

const url = 'http://127.0.0.1:8000/v1'
const models = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }))

test('the only model is taken, whatever it is called', () => {
  expect(chooseModel(models('a'), url)).toBe('a')
})

test('among several the usual one is taken, else nobody guesses', () => {
  expect(chooseModel(models('a', 'Qwen/Qwen2.5-7B-Instruct', 'b'), url)).toBe('Qwen/Qwen2.5-7B-Instruct')
  expect(() => chooseModel(models('a', 'b'), url)).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: `The model server ${url} has several models; set VLLM_MODEL to one:\n  a\n  b`,
    }),
  )
})

test('no model is told', () => {
  expect(() => chooseModel([], url)).toThrow(expect.objectContaining({ code: 'model_failed' }))
})

test('a target asks the server at the first need, once; never where the model is configured', async () => {
  await using fake = await startFakeModelServer({ models: ['only'] })
  await using server = openServer(fake.url)
  const found = createModelTarget(server, {})
  expect([await found.model(), await found.model()]).toEqual(['only', 'only'])
  expect(fake.requests).toHaveLength(1)
  const configured = createModelTarget(server, { model: 'other', demo: true })
  expect(await configured.model()).toBe('other')
  expect(configured.demo).toBe(true)
  expect(fake.requests).toHaveLength(1)
})

test('a target asks again after a failure', async () => {
  const fake = await startFakeModelServer({ models: ['m'] })
  await using server = openServer(fake.url)
  const target = createModelTarget(server, {})
  await fake.close()
  await expect(target.model()).rejects.toMatchObject({ code: 'model_unreachable' })
  await using again = await startFakeModelServer({ models: ['m'], port: fake.port })
  expect(await target.model()).toBe('m')
  expect(again.requests).toHaveLength(1)
})
