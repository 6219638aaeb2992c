import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import type { NumberedEvent, RunEndState } from '../../src/runs/run.ts'
import type { RunStore } from '../../src/runs/run-store.ts'
import { expectAll } from '../sessions/expect-all.ts'

/** A store, opened once or, where processes share it, several times over the same data. */
export interface OpenRuns {
  /** At least one. */
  handles: readonly RunStore[]
  close(): Promise<void>
}

const ttlMs = 60_000
const newRun = { id: 'run_1', sessionId: 'session_1', owner: 'process-1', ttlMs }
const delta = (text: string): AgentEvent => ({ type: 'text-delta', index: 0, text })

/** What every run store does. `numRuns`: how many random histories are tried. */
export function testRunStore(name: string, open: () => Promise<OpenRuns>, numRuns: number): void {
  let opened: OpenRuns | undefined
  async function openTwo(): Promise<[RunStore, RunStore]> {
    opened = await open()
    const [first] = opened.handles
    const last = opened.handles.at(-1)
    if (!first || !last) throw new Error('no store was opened')
    return [first, last]
  }
  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  test(`${name}: a run goes from queued over running to its end, seen from everywhere`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create(newRun)
    expect(await other.get('run_1')).toEqual({
      id: 'run_1',
      sessionId: 'session_1',
      state: 'queued',
      owner: 'process-1',
      expiresAt: claim.expiresAt,
      createdAt: expect.any(String),
      lastSequence: 0,
      cancelRequested: false,
    })
    await one.start(claim, 'model-1')
    await one.append(claim, 1, [delta('a'), delta('b')])
    expect(await other.get('run_1')).toMatchObject({ state: 'running', model: 'model-1', lastSequence: 2 })
    const error = { code: 'model_failed', message: 'It failed.' } as const
    await one.end(claim, 'failed', error)
    const run = await other.get('run_1')
    expect(run).toMatchObject({ state: 'failed', error, lastSequence: 2 })
    const times = [run?.createdAt, run?.startedAt, run?.endedAt]
    expect(times.map(String)).toEqual(times.map(String).toSorted())
  })

  test(`${name}: one id is one run`, async () => {
    const [one, other] = await openTwo()
    await one.create(newRun)
    await expect(other.create(newRun)).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test(`${name}: a reader at any number gets exactly what follows, while it is written and after`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), { maxLength: 12 }),
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 4 }),
        async (batches, starts) => {
          const { handles, close } = await open()
          try {
            const written = batches.flat().map((text, i) => ({ sequence: i + 1, event: delta(text) }))
            for (const { start, events } of await readWhileWriting(handles, batches, starts)) {
              expect(events).toEqual(written.slice(start))
            }
          } finally {
            await close()
          }
        },
      ),
      { numRuns },
    )
  })

  test(`${name}: a batch that is written again is not doubled, and a gap is refused`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create(newRun)
    const events = ['a', 'b', 'c'].map(delta)
    await one.append(claim, 1, events.slice(0, 2))
    await one.append(claim, 1, events)
    await one.append(claim, 2, events.slice(1))
    await expect(one.append(claim, 5, events)).rejects.toThrow(RangeError)
    const numbered = events.map((event, i) => ({ sequence: i + 1, event }))
    expect(await other.read('run_1', 0, 10)).toEqual({ events: numbered, ended: false })
    expect(await other.read('run_1', 1, 1)).toEqual({ events: [{ sequence: 2, event: events[1] }], ended: false })
    expect(await other.read('run_1', 3, 10)).toEqual({ events: [], ended: false })
    await one.end(claim, 'done')
    expect(await other.read('run_1', 1, 10)).toEqual({ events: numbered.slice(1), ended: true })
  })

  test(`${name}: a reader's abort ends its reading and nothing else`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create(newRun)
    await one.append(claim, 1, [delta('a')])
    const abort = new AbortController()
    const seen: NumberedEvent[] = []
    for await (const each of other.follow('run_1', 0, abort.signal)) {
      seen.push(each)
      setImmediate(() => abort.abort())
    }
    expect(seen).toHaveLength(1)
    await one.append(claim, 2, [delta('b')])
    expect(await other.get('run_1')).toMatchObject({ lastSequence: 2, state: 'queued' })
  })

  test(`${name}: a cancel reaches whoever drives the run`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create(newRun)
    const asked = one.cancelRequested('run_1')
    await other.requestCancel('run_1')
    expect(await asked).toBe(true)
    expect(await one.cancelRequested('run_1')).toBe(true)
    expect(await other.get('run_1')).toMatchObject({ cancelRequested: true, state: 'queued' })
    await one.end(claim, 'cancelled')
    expect(await other.get('run_1')).toMatchObject({ cancelRequested: true, state: 'cancelled' })
  })

  test(`${name}: waiting for a cancel ends with the run and at the abort`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create(newRun)
    const abort = new AbortController()
    const aborted = other.cancelRequested('run_1', abort.signal)
    const ended = [one.cancelRequested('run_1'), other.cancelRequested('run_1')]
    abort.abort()
    expect(await aborted).toBe(false)
    await one.end(claim, 'done')
    expect(await Promise.all(ended)).toEqual([false, false])
    await other.requestCancel('run_1')
    expect(await one.get('run_1')).toMatchObject({ state: 'done', cancelRequested: false })
  })

  test(`${name}: a run whose claim expired is lost, and one of many takes it over`, async () => {
    const [one, other] = await openTwo()
    const first = await one.create(newRun)
    await one.create({ ...newRun, id: 'run_2' })
    await one.append(first, 1, [delta('a')])
    const old = await one.renew(first, 20)
    expect(await other.takeOver('run_2', 'process-2', ttlMs)).toBeUndefined()
    await expect.poll(async () => (await other.lost()).map(({ id }) => id), { timeout: ttlMs }).toEqual(['run_1'])
    await expectStale(one, old)

    const attempts = await Promise.all([one, other].map((store) => store.takeOver('run_1', 'process-2', ttlMs)))
    const [claim, ...more] = attempts.filter((attempt) => attempt !== undefined)
    if (!claim) throw new Error('nobody took it over')
    // Two names of one store that cannot be shared are the same attempt made twice.
    expect(more).toEqual([])
    expect(claim.token).toBeGreaterThan(old.token)
    await expectStale(one, old)
    const taker = attempts[0] ? one : other
    await taker.append(claim, 2, [delta('b')])
    await taker.end(claim, 'failed', { code: 'internal', message: 'Its process was lost.' })
    expect(await one.lost()).toEqual([])
    expect(await one.get('run_1')).toMatchObject({ state: 'failed', owner: 'process-2', lastSequence: 2 })
    expect(await one.takeOver('run_1', 'process-3', ttlMs)).toBeUndefined()
  })

  test(`${name}: what asked for a run is known for as long as the run is, also to whoever finds it lost`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create({ ...newRun, endpoint: 'agent_chat' })
    await one.start(claim, 'm')
    expect(await other.get('run_1')).toMatchObject({ endpoint: 'agent_chat' })
    await one.renew(claim, 20)
    await expect.poll(() => other.lost(), { timeout: ttlMs }).toMatchObject([{ id: 'run_1', endpoint: 'agent_chat' }])
    const taken = await other.takeOver('run_1', 'process-2', ttlMs)
    if (!taken) throw new Error('nobody took it over')
    await other.end(taken, 'failed')
    expect(await other.get('run_1')).toMatchObject({ state: 'failed', endpoint: 'agent_chat' })
  })

  test(`${name}: renewing keeps a run, and its end refuses everything more`, async () => {
    const [one, other] = await openTwo()
    const claim = await one.create(newRun)
    const renewed = await one.renew(claim, 2 * ttlMs)
    expect(renewed).toMatchObject({ id: 'run_1', owner: 'process-1', token: claim.token })
    expect(await other.get('run_1')).toMatchObject({ expiresAt: renewed.expiresAt })
    await one.end(renewed, 'parked')
    await expectStale(one, renewed)
    await expect(one.end(renewed, 'done')).rejects.toMatchObject({ code: 'stale_claim' })
  })

  test(`${name}: ended runs are removed after their time, and no others`, async () => {
    const [one, other] = await openTwo()
    const states: RunEndState[] = ['parked', 'done', 'failed', 'cancelled']
    for (const state of states) await one.end(await one.create({ ...newRun, id: `run_${state}` }), state)
    const alive = await one.create(newRun)
    expect(await other.removeEnded(new Date(Date.now() - 60_000))).toBe(0)
    expect(await other.removeEnded(new Date(Date.now() + 60_000))).toBe(4)
    expect(await one.get('run_done')).toBeUndefined()
    await expect(one.read('run_done', 0, 10)).rejects.toMatchObject({ code: 'not_found' })
    await one.append(alive, 1, [delta('a')])
  })

  test(`${name}: what is not there is said to be not there, and odd ids are refused`, async () => {
    const [one] = await openTwo()
    expect(await one.get('run_x')).toBeUndefined()
    const operations = (id: string): Promise<unknown>[] => [
      one.read(id, 0, 1),
      one.requestCancel(id),
      one.cancelRequested(id),
      one.takeOver(id, 'process-2', ttlMs),
      collect(one.follow(id, 0)),
    ]
    await expectAll(operations('run_x'), 'not_found')
    for (const id of ['', '../x', 'a/b', 'a\u0000']) {
      const attempts = [...operations(id), one.get(id), one.create({ ...newRun, id })]
      await expectAll(attempts, 'invalid_request')
    }
  })
}

async function expectStale(store: RunStore, claim: Awaited<ReturnType<RunStore['create']>>): Promise<void> {
  const attempts = [store.append(claim, 1, [delta('x')]), store.start(claim, 'm'), store.renew(claim, ttlMs)]
  await expectAll(attempts, 'stale_claim')
}

/** One writer and several readers that begin at different numbers, before, between and after the writes. */
async function readWhileWriting(
  handles: readonly RunStore[],
  batches: readonly (readonly string[])[],
  starts: readonly number[],
): Promise<{ start: number; events: NumberedEvent[] }[]> {
  const [writer] = handles
  if (!writer) throw new Error('no store was opened')
  const claim = await writer.create(newRun)
  const startReaders = (): Promise<{ start: number; events: NumberedEvent[] }>[] =>
    starts.map(async (start, i) => {
      const reader = handles[i % handles.length] ?? writer
      return { start, events: await collect(reader.follow('run_1', start)) }
    })
  const readers = startReaders()
  let next = 1
  for (const texts of batches) {
    await writer.append(claim, next, texts.map(delta))
    next += texts.length
  }
  readers.push(...startReaders())
  await writer.end(claim, 'done')
  readers.push(...startReaders())
  return await Promise.all(readers)
}

/** All of them, once there are no more. */
export async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}
