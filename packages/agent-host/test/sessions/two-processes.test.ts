import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { claimWhenFree } from '../../src/sessions/claim.ts'
import { runs } from '../../../../test/scale.ts'
import { describeWith } from '../support/describe-with.ts'
import { storeKinds } from '../support/store-kinds.ts'
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

for (const { name, missing, start } of storeKinds) {
  describeWith(name, missing, () => {
    test('a session that one process holds is refused to another, until the holder is killed with -9', async () => {
      await using store = await start()
      // In a folder the claim ends with its process, elsewhere it has to run out.
      const heldMs = name === 'JSONL' ? ttlMs : 2000
      const { sessions, close } = await openByEnvironment(store.env)
      const { id } = await sessions.create()
      const { child, said, ended } = await startWriter(store.env, id, heldMs)
      expect(await sessions.claim(id, 'run_1', ttlMs)).toMatchObject({ claimed: false, owner: 'writer' })
      await expect(sessions.delete(id)).rejects.toMatchObject({ code: 'session_busy' })

      // It goes on writing, so that it is the last updated again after any other.
      const { id: other } = await sessions.create()
      const listed = async () => (await sessions.list()).sessions.map((each) => each.id)
      await expect.poll(listed, { timeout: 30_000 }).toEqual([id, other])

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
      await using store = await start()
      const { sessions, close } = await openByEnvironment(store.env)
      for (let round = 0; round < runs(30); round++) {
        const { id } = await sessions.create()
        const { child, said, ended } = await startWriter(store.env, id, 500)
        child.kill('SIGSTOP')
        const claim = await claimWhenFree(sessions, id, 'run_1', { ttlMs, signal: AbortSignal.timeout(30_000) })
        const [first] = await sessions.append(claim, [messageDraft('mine')])
        child.kill('SIGCONT')
        await ended
        const [second] = await sessions.append(claim, [messageDraft('mine, too')])

        expect(said.pop()).toBe('stale_claim')
        const other = await openByEnvironment(store.env)
        const ids = (await other.sessions.entries(id)).map((entry) => entry.id)
        expect(ids.slice(0, said.length)).toEqual(said)
        // At most the one that it was writing when it fell asleep is there without its knowing.
        expect(ids.length - said.length - 2).toBeLessThanOrEqual(1)
        expect(ids.slice(-2)).toEqual([first?.id, second?.id])
        await other.close()
      }
      await close()
    })
  })
}
