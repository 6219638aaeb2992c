import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/core/errors.ts'
import {
  type FakeModelServer,
  type FakeRequest,
  type Reply,
  startFakeModelServer,
} from '../support/fake-model-server.ts'
import { type OpenedService, openService } from '../support/open-service.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'
import { commandsOf, masked, runCommands, withOutputs } from './console-page.ts'

const file = new URL('../../../../docs/http-api.md', import.meta.url)
const page = readFileSync(file, 'utf8')

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService
/** The services of the page, by their ports there. */
const services: Record<number, OpenedService> = {}
beforeAll(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'], reply: answer })
  const settings = { baseUrl: fake.url, mcpConfig: bench.mcpConfig }
  service = services[8080] = await openService({ ...settings, maxRuns: '2' })
  services[8081] = await openService({ ...settings, approvals: 'echo=ask' })
  services[8082] = await openService({ ...settings, requestTimeout: '1' })
})
afterAll(async () => {
  for (const each of Object.values(services)) await each[Symbol.asyncDispose]()
  await fake.close()
  bench[Symbol.dispose]()
})

/** What stands in for a model says to what it is told last. */
function answer({ body: { messages = [], tools } }: FakeRequest): Reply {
  const { role, content } = messages.at(-1) ?? {}
  if (role === 'tool') return { text: 'It said hello.' }
  if (content === 'Observation: hello') return { text: 'Thought: It was said.\nFinal Answer: It said hello.' }
  if (content === 'Think long.') return { noReply: 'stall' }
  if (content === 'Fail.') return { status: 500, message: 'CUDA out of memory' }
  if (content !== 'Say hello.') return { text: 'Hello.' }
  if (tools) return { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: 'hello' } }] }
  return { text: 'Thought: I should say it.\nAction: echo\nAction Input: {"text":"hello"}' }
}

describe('docs/http-api.md', () => {
  // UPDATE_DOCS=1 writes what was printed into the page first.
  test('shows what its commands print, run one after another', async () => {
    const commands = commandsOf(page)
    const urls = Object.fromEntries(Object.entries(services).map(([port, { url }]) => [port, url]))
    const printed = await runCommands(commands, urls)
    if (process.env.UPDATE_DOCS === '1') writeFileSync(file, withOutputs(page, printed))
    const shown = commandsOf(readFileSync(file, 'utf8')).map((command) => masked(command.shown))
    expect(printed.map(masked)).toEqual(shown)
    expect(commands.length).toBeGreaterThan(20)
  })

  test('has an example of every endpoint of its own', async () => {
    const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: Record<string, object> }
    const headings = [...page.matchAll(/^#+ (GET|POST|PATCH|DELETE) (\S+)$/gm)].map(
      ([, m = '', path = '']) => `${m} ${path}`,
    )
    const own = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    const wanted = own.filter((name) => /^\w+ (\/$|\/api\/|\/chat$|\/health|\/docs|\/openapi)/.test(name))
    expect(new Set(headings)).toEqual(new Set(wanted))
  })

  test('lists every error code with its status', () => {
    const rows = [...page.matchAll(/^\| (\d{3}) +\| (.+?) +\|/gm)].flatMap(([, status, codes = '']) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code, Number(status)]),
    )
    const table = Object.entries(errorCodes).map(([code, { status }]) => [code, status])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(table))
  })
})
