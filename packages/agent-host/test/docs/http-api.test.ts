import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/core/errors.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { type OpenedService, openService } from '../support/open-service.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'
import { commandsOf, masked, runCommands, withOutputs } from './console-page.ts'

const file = new URL('../../../../docs/http-api.md', import.meta.url)
const page = readFileSync(file, 'utf8')

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService
beforeAll(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
  bench[Symbol.dispose]()
})

describe('docs/http-api.md', () => {
  // UPDATE_DOCS=1 writes what was printed into the page first.
  test('shows what its commands print, run one after another', async () => {
    fake.script(
      { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: 'hello' } }] },
      { text: 'It said hello.' },
      { text: 'Thought: I should say it.\nAction: echo\nAction Input: {"text":"hello"}' },
      { text: 'Thought: It was said.\nFinal Answer: It said hello.' },
      { text: 'Hello.' },
      { text: 'Hello.' },
      { text: 'Hello.' },
      { text: 'Hello.' },
      { text: 'Hello.' },
    )
    const commands = commandsOf(page)
    const printed = await runCommands(commands, service.url)
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
    const wanted = own.filter((name) => /^\w+ (\/api\/|\/chat$|\/health|\/docs|\/openapi)/.test(name))
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
