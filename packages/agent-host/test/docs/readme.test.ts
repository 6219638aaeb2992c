import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { openService } from '../support/open-service.ts'
import { serveCli } from '../support/serve-cli.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'
import { commandsOf, runCommands } from './console-page.ts'

const missing = ['curl', 'jq'].filter((program) => spawnSync(program, ['--version']).error)
const skipped = missing.length > 0 ? ` (skipped: there is no ${missing.join(', no ')})` : ''

let bench: Workbench
let fake: FakeModelServer

beforeEach(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
})
afterEach(async () => {
  await fake.close()
  bench[Symbol.dispose]()
})

const readPage = (name: string): string => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8')

/** JSON with all that differs each time left out: the names, and what kind of value each has. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]))
}

test.each(['README.md', 'README.ko.md'])('%s shows an answer of the demo as it is', async (name) => {
  const page = readPage(name)
  const question = /-d '(\{"message":.*\})'/.exec(page)?.[1] ?? ''
  const shown = /^````json\n([^]*?)^````$/m.exec(page)?.[1] ?? ''
  const { child, ended, url } = await serveCli()
  try {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/chat`, { method: 'POST', headers, body: question })
    expect(shapeOf(await answer.json())).toEqual(shapeOf(JSON.parse(shown)))
  } finally {
    child.kill('SIGTERM')
    await ended
  }
})

/** What these commands print, each in a life of the service when it restarts in between, else all in one. */
async function run(commands: readonly string[], restarts: boolean): Promise<string[]> {
  const dataDir = join(bench.folder, 'data')
  const lives = restarts ? commands.map((command) => [command]) : [commands]
  const printed: string[] = []
  for (const life of lives) {
    await using service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, dataDir })
    for (const command of life) {
      const known = idOf(commands.join('\n'))
      const made = idOf(printed.join('\n'))
      const local = command.replaceAll('http://127.0.0.1:8080', service.url).replaceAll(known, made || known)
      printed.push(...(await runCommands([{ command: local, shown: '' }], service.url)))
    }
  }
  return printed
}

/** The id of the first Response that a text names, without what all ids begin with. */
function idOf(text: string): string {
  return /resp_([\da-f]+)/.exec(text)?.[1] ?? ''
}

test.skipIf(missing.length > 0).each([
  ['README.md', false],
  ['README.md', true],
  ['README.ko.md', false],
  ['README.ko.md', true],
])(
  `%s shows what its session with the Responses API prints, restarted in between: %s${skipped}`,
  async (name, restarts) => {
    const session = commandsOf(readPage(name)).filter(({ command }) => command.includes('/v1/responses'))
    fake.script(
      { toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{"city":"서울"}' }] },
      { text: '서울은 지금 맑고 21도입니다.' },
    )
    const printed = await run(
      session.map(({ command }) => command),
      restarts,
    )
    const made = idOf(printed.join('\n'))
    const shown = session.map((command) => command.shown)
    expect(printed.map((text) => text.replaceAll(made, idOf(shown.join('\n'))))).toEqual(shown)
    expect(session).toHaveLength(2)
    expect(fake.chats.at(-1)?.body.messages).toMatchObject([
      { role: 'user', content: '서울 날씨 어때?' },
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'get_weather' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: '맑음, 21도' },
    ])
  },
)
