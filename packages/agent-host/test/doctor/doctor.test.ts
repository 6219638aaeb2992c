import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { probes } from '../../src/doctor/probes.ts'
import type { FakeModelServerOptions } from '../support/fake-model-server.ts'
import { shows } from './evidence.ts'
import { type Examined, examine } from './examine.ts'
import { hermesCall, scriptedModel } from './scripted-model.ts'

const opened: Examined[] = []
afterEach(async () => {
  for (const result of opened.splice(0)) await result[Symbol.asyncDispose]()
})

/** Examines, and checks that every line has its request in the server's log. */
async function examined(options: FakeModelServerOptions): Promise<Examined> {
  const result = await examine({ models: ['Qwen/Qwen2.5-7B-Instruct'], reply: scriptedModel(), ...options })
  opened.push(result)
  checkEvidence(result)
  return result
}

function checkEvidence({ model, fake }: Examined): void {
  expect(model.requests.map(({ method, path }) => `${method} ${path.replace(/^\/(chat|models)/, '/v1/$1')}`)).toEqual(
    fake.requests.map(({ method, path }) => `${method} ${path}`),
  )
  for (const { name, requests } of model.findings) {
    const logged = requests.map((number) => fake.requests[number - 1])
    expect([name, requests.length > 0, logged.some((request) => request && shows[name]?.(request))]).toEqual([
      name,
      true,
      true,
    ])
  }
}

const state = ({ model }: Examined): Record<string, string> =>
  Object.fromEntries(model.findings.map(({ name, state: found }) => [name, found]))

test('a server with everything is ok in every line, each shown by a request of its own', async () => {
  const result = await examined({})
  expect(Object.keys(state(result))).toEqual(probes.map(({ name }) => name))
  expect(new Set(Object.values(state(result)))).toEqual(new Set(['ok']))
  expect(result.model.rung).toBe('tools')
  expect(result.of('context').says).toBe('32,768 tokens')
  expect(result.of('streaming').says).toBe('in 13 pieces')
  expect(result.of('reasoning').says).toBe('none seen')
  expect(result.of('parallel calls').says).toBe('2 calls in one turn')
  expect(result.of('tool_choice none').says).toBe('no call came back; the model sees the tools all the same')
})

test('it is cheap: few requests, most of them for one token, and never two at a time', async () => {
  let going = 0
  let most = 0
  const model = scriptedModel()
  const { model: report, fake } = await examined({
    reply: async (request) => {
      most = Math.max(most, ++going)
      await new Promise((resolve) => setImmediate(resolve))
      going--
      return model(request)
    },
  })
  expect(most).toBe(1)
  expect(fake.requests.length).toBeLessThanOrEqual(22)
  expect(fake.chats.filter(({ body }) => Number(body.max_tokens) > 256)).toEqual([])
  expect(new Set(fake.chats.map(({ bytes }) => bytes.toString())).size).toBe(fake.chats.length)
  expect(report.prompt_tokens).toBeGreaterThan(0)
  expect(report.completion_tokens).toBeGreaterThan(0)
})

describe('tools', () => {
  test('a vLLM without its parser flags is told which, with the parser of the model', async () => {
    const result = await examined({ refuse: { toolChoice: true } })
    expect(result.of('tools')).toMatchObject({
      state: 'note',
      says: 'refused (400): "auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      change:
        'start vLLM with --enable-auto-tool-choice --tool-call-parser hermes; agent-host offers them as functions or teaches them in the prompt until then',
    })
    expect(state(result)).toMatchObject({ 'tool_choice required': 'ok', 'tool_choice named': 'ok' })
    expect(result.of('parallel calls')).toMatchObject({ state: 'unknown', says: 'not asked for, as tools are refused' })
    expect(result.model.rung).toBe('functions')
  })

  test('a llama.cpp without --jinja is told so', async () => {
    const result = await examined({ refuse: { tools: true }, errorShape: 'llamacpp' })
    expect(result.of('tools').change).toContain('start llama-server with --jinja')
  })

  test.each([
    ['Qwen/Qwen2.5-7B-Instruct', hermesCall, 'hermes'],
    [
      'mistralai/Mistral-7B-Instruct-v0.3',
      (name: string) => `[TOOL_CALLS][{"name":"${name}","arguments":{"city":"Seoul"}}]`,
      'mistral',
    ],
    ['my-own-model', hermesCall, 'hermes'],
  ])('%s has its call read from the text', async (id, calls, dialect) => {
    const result = await examined({ models: [id], reply: scriptedModel({ calls }) })
    expect(result.of('tools')).toMatchObject({
      state: 'note',
      says: `the call is left in the text, as ${dialect} writes it; agent-host reads it`,
      change: `for other clients, start vLLM with --enable-auto-tool-choice --tool-call-parser ${dialect}`,
    })
    expect(result.model.rung).toBe('tools')
  })

  test('that are taken without a word and not shown to the model are found out by the length of the prompt', async () => {
    const result = await examined({ rendersTools: 'none', reply: scriptedModel({ calls: 'none' }) })
    expect(result.of('tools')).toMatchObject({ state: 'note', says: expect.stringContaining('ignored') as string })
    expect(result.of('functions')).toMatchObject({ state: 'note', says: expect.stringContaining('ignored') as string })
    expect(result.of('prompt')).toMatchObject({ state: 'unknown' })
    expect(result.model.rung).toBeNull()
  })

  test('that the model sees but does not call count as offered', async () => {
    const result = await examined({ reply: scriptedModel({ calls: 'none' }) })
    expect(result.of('tools').says).toMatch(
      /^the model sees them \(\d+ tokens more\), but made no call: "I would rather/,
    )
    expect(result.model.rung).toBe('tools')
  })

  test('a call with broken arguments is told as one', async () => {
    const broken = { toolCalls: [{ name: 'read_weather_station', arguments: '{"city": ' }] }
    const model = scriptedModel()
    const result = await examined({
      reply: async (request) =>
        request.body.tools && request.body.tool_choice === undefined && request.body.max_tokens === 256
          ? broken
          : model(request),
    })
    expect(result.of('tools').says).toBe('a call came back broken: The arguments are not a JSON object.')
  })

  test('a model that is cut off while it thinks is not said to make no calls', async () => {
    const result = await examined({
      reply: scriptedModel({ calls: () => 'Let me think. ', more: { finishReason: 'length' } }),
    })
    expect(result.of('tools')).toMatchObject({
      says: expect.stringContaining('the answer was cut off after 256 tokens') as string,
      change: 'a model that thinks this long needs more than the tokens of a probe',
    })
    expect(result.of('tool_choice required')).toMatchObject({ state: 'unknown' })
  })
})

test.each(['required', 'named', 'none', 'json_schema', 'json_object', 'parallel'] as const)(
  '%s that is taken and not kept to is found out by the answer',
  async (name) => {
    const keepsTo = (['required', 'named', 'none', 'json_schema', 'json_object', 'parallel'] as const).filter(
      (other) => other !== name,
    )
    const lines = {
      required: 'tool_choice required',
      named: 'tool_choice named',
      none: 'tool_choice none',
      parallel: 'parallel calls',
      json_schema: name,
      json_object: name,
    }
    const result = await examined({ reply: scriptedModel({ keepsTo }) })
    const notes = result.model.findings.filter((finding) => finding.state !== 'ok')
    expect(notes.map((finding) => finding.name)).toEqual([lines[name]])
    expect(notes[0]?.change).toBeTruthy()
  },
)

describe('reasoning', () => {
  test.each(['reasoning', 'reasoning_content'] as const)('is told by its field %s', async (reasoningField) => {
    const result = await examined({ reasoningField, reply: scriptedModel({ more: { reasoning: 'Hm.' } }) })
    expect(result.of('reasoning')).toMatchObject({ state: 'ok', says: `in ${reasoningField}` })
  })

  test.each([
    ['<think>Hm.</think>1 2 3', "in the answer's text"],
    ['Hm.</think>1 2 3', "in the answer's text, up to </think>"],
  ])('in the text is told, with what separates it: %s', async (text, says) => {
    const result = await examined({ models: ['Qwen/Qwen3-8B'], reply: scriptedModel({ more: { text } }) })
    expect(result.of('reasoning')).toMatchObject({ state: 'note', says })
    expect(result.of('reasoning').change).toContain('--reasoning-parser')
  })
})

const json = (value: unknown) => ({ raw: JSON.stringify(value), headers: { 'content-type': 'application/json' } })
const list = (owned_by: string) => json({ object: 'list', data: [{ id: 'm', object: 'model', owned_by }] })

describe('the context length', () => {
  test.each([
    ['Ollama', 'library', '/api/ps', { models: [{ name: 'm', context_length: 4096 }] }, 'OLLAMA_CONTEXT_LENGTH'],
    ['llama.cpp', 'llamacpp', '/props', { default_generation_settings: { n_ctx: 4096 } }, '-c 32768'],
    [
      'LM Studio',
      'organization_owner',
      '/api/v0/models',
      { data: [{ id: 'm', loaded_context_length: 4096 }] },
      'longer',
    ],
  ])('of %s is asked of its own API, and a short one is told', async (kind, owner, path, value, advice) => {
    const result = await examined({ models: ['m'], routes: { '/v1/models': list(owner), [path]: json(value) } })
    expect(result.report.kind).toBe(kind)
    expect(result.of('context')).toMatchObject({ state: 'note', says: '4,096 tokens' })
    expect(result.of('context').change).toContain(advice)
    expect(result.fake.requests.filter((request) => request.path === path)).toHaveLength(1)
  })

  test.each(['library', 'llamacpp', 'organization_owner', 'someone'])(
    'that a server of %s does not tell is not made up',
    async (owner) => {
      const result = await examined({ models: ['m'], routes: { '/v1/models': list(owner) } })
      expect(result.of('context')).toMatchObject({ state: 'unknown', says: 'the server does not tell' })
    },
  )
})

describe('streams', () => {
  test('a server that does not stream is told, and examined all the same', async () => {
    const model = scriptedModel()
    const result = await examined({
      reply: async (request) => ({
        ...model(request),
        neverStreams: true,
      }),
    })
    expect(result.of('streaming')).toMatchObject({ state: 'note', says: 'not at all: the whole answer comes as one' })
    expect(result.of('tools').state).toBe('ok')
  })

  test('one lump at the end is no stream', async () => {
    const result = await examined({ reply: scriptedModel({ more: { split: 'whole' } }) })
    expect(result.of('streaming')).toMatchObject({ state: 'note', says: 'in one lump at the end' })
  })

  test('a refused stream_options is left out from there on, and told', async () => {
    const model = scriptedModel()
    const result = await examined({
      reply: async (request) =>
        'stream_options' in request.body ? { status: 400, message: 'Unknown field: stream_options' } : model(request),
    })
    expect(result.of('usage')).toMatchObject({ says: 'none: stream_options is refused', requests: [2, 3] })
    expect(result.fake.chats.filter(({ body }) => 'stream_options' in body)).toHaveLength(1)
    expect(result.of('tools').state).toBe('ok')
    expect(result.of('late system')).toMatchObject({ state: 'ok', says: 'taken' })
  })
})

/** What the fake server can refuse, with the line that tells of it. */
const refusals = {
  tools: 'tools',
  functions: 'functions',
  emptyTools: 'tools: []',
  toolRole: 'tool role',
  nullContent: 'null content',
  secondSystem: 'two systems',
  lateSystem: 'late system',
  developer: 'developer role',
  responseFormat: 'json_schema',
} as const
type Refused = keyof typeof refusals

/** Other rules that a line's request breaks too. */
const alsoRefusedBy: Record<string, readonly Refused[]> = {
  'null content': ['toolRole'],
  'two systems': ['lateSystem'],
}

test('whatever a server refuses, every line has its request, and only what it takes is ok', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(Object.keys(refusals) as Refused[]), async (names) => {
      const refuse = Object.fromEntries(names.map((name) => [name, true]))
      await using result = await examine({ models: ['m'], refuse, reply: scriptedModel() })
      checkEvidence(result)
      const found = state(result)
      for (const [name, line] of Object.entries(refusals)) {
        const isRefused = [name, ...(alsoRefusedBy[line] ?? [])].some((rule) => names.includes(rule as Refused))
        expect([line, found[line]]).toEqual([line, isRefused ? 'note' : 'ok'])
      }
      const rung = names.includes('tools') ? (names.includes('functions') ? 'prompt' : 'functions') : 'tools'
      expect(result.model.rung).toBe(rung)
    }),
    { numRuns: 15 },
  )
})

test('a late system message that is dropped without a word is told', async () => {
  // A little more than without it, as the marks around a message may stay.
  const dropped = { usage: { prompt_tokens: 60, completion_tokens: 1, total_tokens: 61 } }
  const model = scriptedModel()
  const result = await examined({
    reply: async (request) => {
      const late = request.body.messages?.slice(1).some(({ role }) => role === 'system')
      const answer = model(request)
      return late ? { ...answer, ...dropped } : answer
    },
  })
  expect(result.of('late system')).toMatchObject({ state: 'note', says: 'taken, but left out of the prompt' })
})
