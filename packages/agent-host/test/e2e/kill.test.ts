import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import type { Entry } from '../../src/sessions/entry.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { type FakeModelServer, type Reply, startFakeModelServer } from '../support/fake-model-server.ts'
import { serveCli } from '../support/serve-cli.ts'
import { dataOf, readEvents, send } from '../transports/http/run-client.ts'

/** Only to end what hangs: the service starts anew for each kill. */
const timeout = 3_600_000
const moments = runs(200)

/** Every conversation is: a question, a call, its result, an answer. */
function script(fake: FakeModelServer): () => void {
  let calls = 0
  let going = true
  const feed = (): void => {
    if (!going) return
    fake.script((request): Reply => {
      feed()
      const isAnswered = request.body.messages?.at(-1)?.role === 'tool'
      if (isAnswered) return { text: 'It is noted, and that is that.', split: 3, paceMs: 1 }
      return { toolCalls: [{ name: 'tally', arguments: { number: String(++calls) } }], split: 4, paceMs: 1 }
    })
  }
  feed()
  return () => (going = false)
}

interface Acknowledged {
  /** How often something was asked: what a kill kept from being acknowledged may be there all the same. */
  asked: number
  runs: string[]
  messages: string[]
}

/** Asks one thing after another until the service is gone; gives what it acknowledged. */
async function converse(url: string, said: Acknowledged): Promise<void> {
  try {
    while (true) {
      const message = `Note this, number ${++said.asked}.`
      const { body, status } = await send('POST', `${url}/api/v1/runs`, { message, session_id: 'scripted' })
      expect(status).toBe(202)
      said.runs.push(String(body.run_id))
      said.messages.push(message)
      await readEvents(`${url}/api/v1/runs/${String(body.run_id)}/events`)
    }
  } catch (error) {
    // The service was killed: the connection is refused, or was cut.
    if (error instanceof Error && error.name === 'AssertionError') throw error
  }
}

async function entriesOf(url: string): Promise<Entry[]> {
  const response = await fetch(`${url}/api/v1/sessions/scripted/export`)
  if (response.status === 404) return []
  const [, ...lines] = (await response.text()).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Entry)
}

/** That everything acknowledged is there once, and that the last run of the killed process comes to its end. */
async function expectKept(url: string, said: Acknowledged, tally: string): Promise<void> {
  for (const last of said.runs.slice(-1)) {
    expect(dataOf((await readEvents(`${url}/api/v1/runs/${last}/events`)).at(-1)).type).toBe('run-end')
    expect((await send('GET', `${url}/api/v1/runs/${last}`)).body.state).toMatch(/^(done|failed)$/)
  }
  const entries = await entriesOf(url)
  const asked = entries.flatMap(({ body }) =>
    body.type === 'message' && body.message.role === 'user'
      ? body.message.parts.map((part) => (part.type === 'text' ? part.text : ''))
      : [],
  )
  for (const message of said.messages) expect(asked.filter((text) => text === message)).toHaveLength(1)
  const intents = entries.flatMap(({ body }) => (body.type === 'tool-intent' ? [body.call] : []))
  const started = readFileSync(tally, 'utf8').split('\n').filter(Boolean)
  expect(new Set(started).size).toBe(started.length)
  expect(intents.map((call) => (JSON.parse(call.arguments) as { number: string }).number)).toEqual(
    expect.arrayContaining(started),
  )
}

test(
  `a service killed with -9 at ${moments} random moments keeps what it acknowledged, and starts no call twice`,
  { timeout },
  async () => {
    using folder = createFolder()
    await using fake = await startFakeModelServer({ models: ['m'] })
    const stop = script(fake)
    const tally = join(folder.path, 'tally')
    const mcpConfig = join(folder.path, 'mcp.json')
    writeFileSync(tally, '')
    const args = [join(import.meta.dirname, '../support/tally-server.ts')]
    writeFileSync(
      mcpConfig,
      JSON.stringify({ mcpServers: { tally: { command: process.execPath, args, env: { TALLY: tally } } } }),
    )
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: mcpConfig, DATA_DIR: join(folder.path, 'data') }
    const said: Acknowledged = { asked: 0, runs: [], messages: [] }
    let unknown = 0
    for (const afterMs of fc.sample(fc.integer({ min: 0, max: 400 }), moments)) {
      const { child, ended, url } = await serveCli(env)
      await expectKept(url, said, tally)
      const talk = converse(url, said)
      await wait(afterMs)
      child.kill('SIGKILL')
      expect((await ended).signal).toBe('SIGKILL')
      await talk
    }
    const { child, ended, url } = await serveCli(env)
    await expectKept(url, said, tally)
    const messages = JSON.stringify((await send('GET', `${url}/api/v1/sessions/scripted`)).body.messages)
    const entries = await entriesOf(url)
    const results = entries.flatMap(({ body }) => (body.type === 'message' ? body.message.parts : []))
    for (const { body } of entries) {
      if (body.type !== 'tool-intent') continue
      if (!results.some((part) => part.type === 'tool-result' && part.callId === body.call.id)) unknown++
    }
    expect(messages.split('outcome of this call is unknown')).toHaveLength(unknown + 1)
    stop()
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    expect(said.messages.length).toBeGreaterThan(0)
  },
)
