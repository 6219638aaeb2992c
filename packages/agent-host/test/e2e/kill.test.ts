import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import type { Entry } from '../../src/sessions/entry.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { describeWith } from '../support/describe-with.ts'
import { type FakeModelServer, type Reply, startFakeModelServer } from '../support/fake-model-server.ts'
import { serveCli } from '../support/serve-cli.ts'
import { type StartedStore, storeKinds } from '../support/store-kinds.ts'
import { dataOf, readEvents, send } from '../transports/http/run-client.ts'

/** Only to end what hangs: the service starts anew for each kill. */
const timeout = 3_600_000

/** Others than the folder learn that a process is gone by its lease alone, so that each of their kills takes seconds. */
const momentsOf = (name: string): number => runs(name === 'JSONL' ? 200 : 20)

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

/** A tool that writes down each of its calls. */
function writeTools(folder: string): { tally: string; mcpConfig: string } {
  const tally = join(folder, 'tally')
  const mcpConfig = join(folder, 'mcp.json')
  writeFileSync(tally, '')
  const args = [join(import.meta.dirname, '../support/tally-server.ts')]
  const server = { command: process.execPath, args, env: { TALLY: tally } }
  writeFileSync(mcpConfig, JSON.stringify({ mcpServers: { tally: server } }))
  return { tally, mcpConfig }
}

/** That every call without a result is told to be unknown, to the model and to whoever reads the conversation. */
async function expectUnknownTold(url: string): Promise<void> {
  const messages = JSON.stringify((await send('GET', `${url}/api/v1/sessions/scripted`)).body.messages)
  const entries = await entriesOf(url)
  const results = entries.flatMap(({ body }) => (body.type === 'message' ? body.message.parts : []))
  const unknown = entries.filter(
    ({ body }) =>
      body.type === 'tool-intent' &&
      !results.some((part) => part.type === 'tool-result' && part.callId === body.call.id),
  )
  expect(messages.split('outcome of this call is unknown')).toHaveLength(unknown.length + 1)
}

/** Kills the service again and again, and compares what is kept each time. Gives the number of acknowledged messages. */
async function compareThroughKills(store: StartedStore, moments: number): Promise<number> {
  using folder = createFolder()
  await using fake = await startFakeModelServer({ models: ['m'] })
  const stop = script(fake)
  const { tally, mcpConfig } = writeTools(folder.path)
  const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: mcpConfig, RUN_LEASE: '2', CHAT_LOG: 'off', ...store.env }
  const said: Acknowledged = { asked: 0, runs: [], messages: [] }
  for (const afterMs of fc.sample(fc.integer({ min: 0, max: 400 }), moments)) {
    const { child, ended, url } = await serveCli(env)
    try {
      await expectKept(url, said, tally)
      const talk = converse(url, said)
      await wait(afterMs)
      child.kill('SIGKILL')
      expect((await ended).signal).toBe('SIGKILL')
      await talk
    } finally {
      child.kill('SIGKILL')
    }
  }
  const { child, ended, url } = await serveCli(env)
  try {
    await expectKept(url, said, tally)
    await expectUnknownTold(url)
    stop()
  } finally {
    child.kill('SIGTERM')
  }
  expect((await ended).code).toBe(0)
  return said.messages.length
}

for (const { name, missing, start } of storeKinds) {
  const moments = momentsOf(name)
  describeWith(`with ${name}`, missing, () => {
    test(
      `a service killed with -9 at ${moments} random moments keeps what it acknowledged, and starts no call twice`,
      { timeout },
      async () => {
        await using store = await start()
        expect(await compareThroughKills(store, moments)).toBeGreaterThan(0)
      },
    )
  })
}
