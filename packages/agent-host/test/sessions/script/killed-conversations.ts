import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import type { Stores } from '../../../src/runs/stores.ts'
import { intentKey } from '../../../src/sessions/entry.ts'
import type { Said } from './converse.ts'
import { sessionId } from './converse.ts'
import type { StoresEnvironment } from './open-by-environment.ts'

const program = join(import.meta.dirname, 'converse-in-stores.ts')

/** Starts a conversation in these stores, kills it with -9 after so many milliseconds of it, and gives all that it said. */
export async function converseUntilKilled(env: StoresEnvironment, afterMs: number): Promise<Said[]> {
  const options = {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'],
  }
  const child = spawn(process.execPath, [program], options)
  const said: Said[] = []
  const closed = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const each = JSON.parse(line) as Said
    if (said.length === 0) setTimeout(() => child.kill('SIGKILL'), afterMs)
    said.push(each)
  }
  const [, signal] = (await closed) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  return said
}

/** That what all processes said, in order, is in the stores, whole and once. */
export async function expectKept(stores: Stores, said: readonly Said[]): Promise<void> {
  const entries = await stores.sessions.entries(sessionId)
  const ids = entries.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const acknowledged = said.flatMap((each) => (each.type === 'entries' ? each.ids : []))
  const known = new Set(acknowledged)
  expect(ids.filter((id) => known.has(id))).toEqual(acknowledged)

  const parents = entries.map(({ parentId }) => parentId)
  expect(parents).toEqual([null, ...ids].slice(0, ids.length))

  const intents = entries.map(({ body }) => intentKey(body)).filter((key) => key !== undefined)
  expect(new Set(intents).size).toBe(intents.length)
  const started = said.flatMap((each) => (each.type === 'started' ? [each.callId] : []))
  expect(new Set(started).size).toBe(started.length)
  const callsWithIntent = entries.flatMap(({ body }) => (body.type === 'tool-intent' ? [body.call.id] : []))
  expect(callsWithIntent).toEqual(expect.arrayContaining(started))

  const numbers = (type: 'record' | 'title') => said.flatMap((each) => (each.type === type ? [each.number] : []))
  const { number } = (await stores.records.get('response', 'latest')) ?? {}
  expect(Number(number ?? 0)).toBeGreaterThanOrEqual(numbers('record').at(-1) ?? 0)
  const title = (await stores.sessions.get(sessionId))?.title
  expect(Number(title)).toBeGreaterThanOrEqual(numbers('title').at(-1) ?? 0)

  for (const each of said) {
    if (each.type !== 'run') continue
    expect(await stores.runs.get(each.id)).toMatchObject({ state: 'done', lastSequence: each.last })
    expect((await stores.runs.read(each.id, 0, 100)).events).toHaveLength(each.last)
  }
}
