import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { claimWhenFree } from '../../src/sessions/claim.ts'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { startPostgres, withoutPostgres } from '../support/postgres-server.ts'
import { startRedis, withoutRedis } from '../support/redis-server.ts'
import { describeWith } from '../support/describe-with.ts'
import { messageDraft } from './drafts.ts'
import { openByEnvironment, type StoresEnvironment } from './script/open-by-environment.ts'

const program = join(import.meta.dirname, 'script/write-in-stores.ts')
const ttlMs = 60_000

interface Writer {
  child: ChildProcess
  /** Ids of the entries that it was told are stored, and at the end why it was refused. */
  said: string[]
  ended: Promise<unknown>
}

/** Another process that holds the session and writes to it. */
async function startWriter(env: StoresEnvironment, id: string, ttl: number): Promise<Writer> {
  const child = spawn(process.execPath, [program, id, String(ttl)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
  const ended = once(lines, 'close')
  await once(lines, 'line')
  return { child, said, ended }
}

/** `writerTtlMs`: how long the claim of the killed process lasts, where it does not end with the process. */
async function checkHolderKilled(env: StoresEnvironment, writerTtlMs: number): Promise<void> {
  const { sessions, close } = await openByEnvironment(env)
  const { id } = await sessions.create()
  const { child, said, ended } = await startWriter(env, id, writerTtlMs)
  expect(await sessions.claim(id, 'run_1', ttlMs)).toMatchObject({ claimed: false, owner: 'writer' })
  await expect(sessions.delete(id)).rejects.toMatchObject({ code: 'session_busy' })

  const waiting = claimWhenFree(sessions, id, 'run_1', { ttlMs, signal: AbortSignal.timeout(30_000) })
  child.kill('SIGKILL')
  await ended
  const claim = await waiting
  const [mine] = await sessions.append(claim, [messageDraft('mine')])
  const ids = (await sessions.entries(id)).map((entry) => entry.id)
  expect(ids.slice(0, said.length)).toEqual(said)
  expect(ids.at(-1)).toBe(mine?.id)
  await close()
}

async function checkSleeper(env: StoresEnvironment): Promise<void> {
  const { sessions, close } = await openByEnvironment(env)
  for (let round = 0; round < runs(30); round++) {
    const { id } = await sessions.create()
    const { child, said, ended } = await startWriter(env, id, 500)
    child.kill('SIGSTOP')
    const claim = await claimWhenFree(sessions, id, 'run_1', { ttlMs, signal: AbortSignal.timeout(30_000) })
    const [first] = await sessions.append(claim, [messageDraft('mine')])
    child.kill('SIGCONT')
    await ended
    const [second] = await sessions.append(claim, [messageDraft('mine, too')])

    expect(said.pop()).toBe('stale_claim')
    const other = await openByEnvironment(env)
    const ids = (await other.sessions.entries(id)).map((entry) => entry.id)
    expect(ids.slice(0, said.length)).toEqual(said)
    // At most the one that it was writing when it fell asleep is there without its knowing.
    expect(ids.length - said.length - 2).toBeLessThanOrEqual(1)
    expect(ids.slice(-2)).toEqual([first?.id, second?.id])
    await other.close()
  }
  await close()
}

const refused = 'a session that one process holds is refused to another, until the holder is killed with -9'
const slept = 'a process that slept through the end of its claim writes nothing more, wherever it fell asleep'

test(`JSONL: ${refused}`, async () => {
  using folder = createFolder()
  await checkHolderKilled({ DATA_DIR: folder.path }, ttlMs)
})

test(`JSONL: ${slept}`, async () => {
  using folder = createFolder()
  await checkSleeper({ DATA_DIR: folder.path })
})

describeWith('with Redis', [withoutRedis], () => {
  test(`Redis: ${refused}, or rather until its claim runs out; and ${slept}`, async () => {
    await using redis = await startRedis()
    await checkHolderKilled({ REDIS_URL: redis.url }, 2000)
    await checkSleeper({ REDIS_URL: redis.url })
  })
})

describeWith('with PostgreSQL', [withoutPostgres], () => {
  test(`PostgreSQL: ${refused}, or rather until its claim runs out; and ${slept}`, async () => {
    await using postgres = await startPostgres()
    await checkHolderKilled({ DATABASE_URL: postgres.url }, 2000)
    await checkSleeper({ DATABASE_URL: postgres.url })
  })
})
