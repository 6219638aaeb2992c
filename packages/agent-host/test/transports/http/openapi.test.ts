import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, hashOf } from '../../../src/config/api-key.ts'
import { errorCodes } from '../../../src/core/errors.ts'
import { type FakeModelServer, startFakeModelServer } from '../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../support/workbench.ts'

interface Content {
  schema: Record<string, unknown>
  example?: unknown
}
interface Described {
  summary: string
  requestBody?: { content: Record<string, Content> }
  responses: Record<string, { content?: Record<string, Content> }>
}
interface Document {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, unknown> }
}

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService
let document: Document
let ajv: Ajv2020
beforeAll(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, approvals: 'fail=ask' })
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document
  ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'doc', ...document })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
  bench[Symbol.dispose]()
})

/** What is wrong with a value by one of the document's schemas; null where nothing is. */
function problemsOf(schema: Record<string, unknown>, value: unknown): unknown {
  const text = JSON.stringify(schema).replaceAll('"#/', '"doc#/')
  const check = ajv.compile(JSON.parse(text) as Record<string, unknown>)
  return check(value) ? null : check.errors
}

const operations = (): [string, Described][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Described] => [`${method} ${path}`, operation]),
  )

describe('/openapi.json', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate({ ...document })
    expect([valid, errors]).toEqual([true, undefined])
  })

  test('has every route, and describes each', () => {
    const names = operations().map(([name]) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'get /health',
        'get /api/tools',
        'post /api/chat',
        'post /api/agent_chat',
        'post /api/v1/chat',
        'post /api/v1/chat/stream',
        'post /chat',
        'post /api/v1/runs',
        'get /api/v1/runs/{id}',
        'get /api/v1/runs/{id}/events',
        'post /api/v1/runs/{id}/cancel',
        'post /api/v1/runs/{id}/approvals/{callId}',
        'get /api/v1/sessions',
        'get /api/v1/sessions/{id}',
        'patch /api/v1/sessions/{id}',
        'delete /api/v1/sessions/{id}',
        'post /api/v1/sessions/{id}/fork',
        'get /api/v1/sessions/{id}/export',
        'post /v1/chat/completions',
        'post /v1/completions',
        'post /v1/embeddings',
        'get /v1/models',
        'get /v1/models/{model}',
        'post /v1/responses',
        'get /openapi.json',
        'get /docs',
      ]),
    )
    expect(operations().filter(([, { summary }]) => summary === 'Not described yet')).toEqual([])
  })

  test('has examples that fit their schemas', () => {
    let seen = 0
    for (const [name, { requestBody, responses }] of operations()) {
      const contents = [requestBody, ...Object.values(responses)].flatMap((body) => Object.values(body?.content ?? {}))
      for (const { schema, example } of contents.filter((content) => content.example !== undefined)) {
        expect([name, problemsOf(schema, example)]).toEqual([name, null])
        seen++
      }
    }
    expect(seen).toBeGreaterThan(8)
  })

  test('refers only to schemas that it has', () => {
    for (const [, name = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
      expect(name).toMatch(/^#\/components\/schemas\//)
      expect(document.components.schemas).toHaveProperty([name.split('/').at(-1) ?? ''])
    }
  })

  test('lists every error code in its error schema', () => {
    expect(JSON.stringify(document.components.schemas.Error)).toContain(JSON.stringify(Object.keys(errorCodes)))
  })
})

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(service.url + path, {
    method: method.toUpperCase(),
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

interface Waiting {
  run_id: string
  id: string
  expires_at: string
}
interface ApprovalAnswer {
  continued_by: string
}

/** Asks, and checks the answer against what the document says of it. */
async function checked(method: string, template: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await ask(method, path, body)
  const schema = document.paths[template]?.[method]?.responses[answer.status]?.content?.['application/json']?.schema
  expect([path, answer.status, schema !== undefined]).toEqual([path, answer.status, true])
  expect([path, problemsOf(schema ?? {}, answer.body)]).toEqual([path, null])
  return answer.body
}

describe('what is answered', () => {
  test('fits the document, errors too', async () => {
    const call = { toolCalls: [{ name: 'echo', arguments: { text: 'a' } }] }
    fake.script(
      call,
      { text: 'A.' },
      { text: 'Final Answer: B.' },
      call,
      { text: 'C.' },
      { text: 'D.' },
      { text: 'E.' },
    )
    await checked('get', '/health', '/health')
    await checked('get', '/api/tools', '/api/tools')
    await checked('post', '/api/chat', '/api/chat', { message: 'a', session_id: 's' })
    await checked('post', '/api/agent_chat', '/api/agent_chat', { message: 'b' })
    await checked('post', '/api/v1/chat', '/api/v1/chat', { content: 'c' })
    await checked('post', '/chat', '/chat', { message: 'd', session_id: 's' })
    const run = (await checked('post', '/api/v1/runs', '/api/v1/runs', { message: 'e' })) as { run_id: string }
    await (await fetch(`${service.url}/api/v1/runs/${run.run_id}/events`)).text()
    await checked('get', '/api/v1/runs/{id}', `/api/v1/runs/${run.run_id}`)
    await checked('post', '/api/v1/runs/{id}/cancel', `/api/v1/runs/${run.run_id}/cancel`, {})
    await checked('get', '/api/v1/sessions', '/api/v1/sessions?limit=2')
    await checked('get', '/api/v1/sessions/{id}', '/api/v1/sessions/s')
    await checked('patch', '/api/v1/sessions/{id}', '/api/v1/sessions/s', { title: 'S' })
    await checked('post', '/api/v1/sessions/{id}/fork', '/api/v1/sessions/s/fork', { session_id: 's2' })
    expect(await checked('get', '/v1/models', '/v1/models')).toHaveProperty('data')
  })

  test.each([
    ['/api/chat', { message: 'a' }, 'session_id'],
    ['/api/agent_chat', { message: 'a' }, 'session_id'],
    ['/api/v1/chat', { content: 'a' }, 'conversation_id'],
    ['/chat', { message: 'a', session_id: 'parked' }, 'session_id'],
  ])('by %s where a call waits has all that an approval needs', async (path, body, idField) => {
    const call = { id: 'call_1', name: 'fail', arguments: {} }
    fake.script(path === '/api/agent_chat' ? { text: 'Action: fail\nAction Input: {}' } : { toolCalls: [call] }, {
      text: 'Final Answer: No paper.',
    })
    const before = Date.now()
    const answer = (await checked('post', path, path, body)) as Record<string, string> & { pending: Waiting[] }
    const [waiting] = answer.pending
    expect(answer.pending).toEqual([{ ...waiting, name: 'fail', arguments: '{}' }])
    expect(Date.parse(waiting?.expires_at ?? '')).toBeGreaterThan(before)
    const approval = `/api/v1/runs/${waiting?.run_id}/approvals/${waiting?.id}`
    const template = '/api/v1/runs/{id}/approvals/{callId}'
    const { continued_by: next } = (await checked('post', template, approval, {
      decision: 'approve',
    })) as ApprovalAnswer
    await (await fetch(`${service.url}/api/v1/runs/${next}/events`)).text()
    const session = (await ask('get', `/api/v1/sessions/${answer[idField]}`)).body
    expect(JSON.stringify(session)).toContain('No paper.')
    expect(session).toMatchObject({ pending: [] })
  })

  test.each([
    ['post', '/api/chat', '/api/chat', {}, 400],
    ['post', '/api/v1/chat', '/api/v1/chat', { x: 1 }, 400],
    ['get', '/api/v1/runs/{id}', '/api/v1/runs/none', undefined, 404],
    ['get', '/api/v1/sessions', '/api/v1/sessions?limit=x', undefined, 400],
    ['post', '/v1/responses', '/v1/responses', { input: 7 }, 400],
  ] as const)('as a failure of %s %s', async (method, template, path, body, status) => {
    expect((await ask(method, path, body)).status).toBe(status)
    await checked(method, template, path, body)
  })
})

describe('/docs', () => {
  test('shows every route, loads nothing, and runs nothing', async () => {
    const response = await fetch(`${service.url}/docs`)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await response.text()
    expect(html).not.toMatch(/<script|<link|<img|src=|@import|url\(/i)
    for (const path of Object.keys(document.paths)) expect(html).toContain(`<code>${path}</code>`)
    for (const [, id = ''] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${id}"`)
  })

  test('is where a browser ends that opens the address of the service', async () => {
    const response = await fetch(service.url)
    expect(response).toMatchObject({ redirected: true, url: `${service.url}/docs`, status: 200 })
  })

  test('needs no key, nor does the document; the rest does', async () => {
    const apiKeys = [{ name: 'a', hash: hashOf(createKey()) }]
    await using guarded = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, apiKeys })
    const statuses = ['/', '/docs', '/openapi.json', '/api/tools', '/docs/x'].map(
      async (path) => (await fetch(guarded.url + path)).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 401, 401])
  })
})
