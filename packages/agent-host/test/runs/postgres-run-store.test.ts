import { expect, test } from 'vitest'
import { createPostgresRunStore } from '../../src/runs/postgres/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { withoutPostgres } from '../support/postgres-server.ts'
import { sharePostgres } from '../support/postgres-stores.ts'
import { describeWith } from '../support/describe-with.ts'
import type { Claim } from '../../src/sessions/claim.ts'
import { collect, testRunStore } from './run-store-contract.ts'

const close = (): Promise<void> => Promise.resolve()

describeWith('with PostgreSQL', [withoutPostgres], () => {
  const { openTwo } = sharePostgres()
  const open = async () => ({ handles: (await openTwo()).map(createPostgresRunStore), close })
  testRunStore('PostgreSQL', open, runs(200))

  test('many runs that are written at once are each written whole, and one without a claim fails alone', async () => {
    const [ours, theirs] = (await openTwo()).map(createPostgresRunStore)
    if (!ours || !theirs) throw new Error('two stores were not opened')
    const claims = await Promise.all(
      Array.from({ length: 150 }, (_, i) =>
        ours.create({ id: `run_${i}`, sessionId: 'session_1', owner: 'process-1', ttlMs: 60_000 }),
      ),
    )
    const [stale, ...good] = claims
    if (!stale) throw new Error('no run was made')
    await ours.end(stale, 'cancelled')
    const texts = ['a\u0000', '가나다', '\ud800', '"', 'e']
    const events = texts.map((text) => ({ type: 'text-delta', index: 0, text }) as const)
    const followed = Promise.all(good.slice(0, 20).map(({ id }) => collect(theirs.follow(id, 0))))
    const write = async (claim: Claim): Promise<void> => {
      await Promise.all([ours.append(claim, 1, events.slice(0, 2)), ours.append(claim, 3, events.slice(2))])
      await ours.end(claim, 'done')
    }
    const [failed] = await Promise.allSettled([write(stale), ...good.map(write)])
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'stale_claim' } })
    const expected = events.map((event, i) => ({ sequence: i + 1, event }))
    expect(await followed).toEqual(Array.from({ length: 20 }, () => expected))
    const read = await Promise.all(good.map(({ id }) => theirs.read(id, 0, 10)))
    expect(read).toEqual(Array.from({ length: 149 }, () => ({ events: expected, ended: true })))
  })
})
