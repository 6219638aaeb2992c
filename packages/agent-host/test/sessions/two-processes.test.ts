import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openFolderStores } from '../../src/runs/stores.ts'
import { claimWhenFree } from '../../src/sessions/claim.ts'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { messageDraft } from './drafts.ts'
import { createQuietLog } from './quiet-log.ts'

const program = join(import.meta.dirname, 'script/write-in-folder.ts')
const ttlMs = 60_000

interface Writer {
  child: ChildProcess
  /** Ids of the entries that it was told are stored, and at the end why it was refused. */
  said: string[]
  ended: Promise<unknown>
}

/** Another process that holds the session and writes to it. */
async function startWriter(folder: string, id: string, ttl: number): Promise<Writer> {
  const child = spawn(process.execPath, [program, folder, id, String(ttl)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
  const ended = once(lines, 'close')
  await once(lines, 'line')
  return { child, said, ended }
}

test('a session that one process holds is refused to another, until the holder is killed with -9', async () => {
  using folder = createFolder()
  const { sessions, close } = openFolderStores(folder.path, { log: createQuietLog() })
  const { id } = await sessions.create()
  const { child, said, ended } = await startWriter(folder.path, id, ttlMs)
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
})

test('a process that slept through the end of its claim writes nothing more, wherever it fell asleep', async () => {
  using folder = createFolder()
  const { sessions, close } = openFolderStores(folder.path, { log: createQuietLog() })
  for (let round = 0; round < runs(30); round++) {
    const { id } = await sessions.create()
    const { child, said, ended } = await startWriter(folder.path, id, 500)
    child.kill('SIGSTOP')
    const claim = await claimWhenFree(sessions, id, 'run_1', { ttlMs, signal: AbortSignal.timeout(30_000) })
    const [first] = await sessions.append(claim, [messageDraft('mine')])
    child.kill('SIGCONT')
    await ended
    const [second] = await sessions.append(claim, [messageDraft('mine, too')])

    expect(said.pop()).toBe('stale_claim')
    const other = openFolderStores(folder.path, { log: createQuietLog() })
    const ids = (await other.sessions.entries(id)).map((entry) => entry.id)
    expect(ids.slice(0, said.length)).toEqual(said)
    // At most the one that it was writing when it fell asleep is there without its knowing.
    expect(ids.length - said.length - 2).toBeLessThanOrEqual(1)
    expect(ids.slice(-2)).toEqual([first?.id, second?.id])
    await other.close()
  }
  await close()
})
