import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runs } from '../../../../../../test/scale.ts'
import type { Answer, Reply } from '../../../support/fake-model-server.ts'
import { checkEvents, readEvents, readResponseStream, takeUntil } from '../../../support/read-response-stream.ts'
import { openResponseSocket } from '../../../support/response-socket.ts'
import type { StreamedEvent } from '../../../support/response-stream-checker.ts'
import { answers, asked, toJson, useResponses } from './use-responses.ts'

const tested = useResponses()
const answer = fc.constantFrom(...answers)
/** So that a client may leave in the middle. */
const slow = (reply: Answer): Reply => ({ ...reply, split: 2, paceMs: 1 })

/** Reads so many events of a stream, and hangs up. */
async function readSome(open: (signal: AbortSignal) => Promise<Response>, count: number): Promise<StreamedEvent[]> {
  const leaving = new AbortController()
  let left = count
  const events = await takeUntil(readEvents(await open(leaving.signal)), () => --left <= 0)
  leaving.abort()
  return events
}

const resume = async (id: string, events: readonly StreamedEvent[]): Promise<StreamedEvent[]> => {
  const after = events.at(-1)?.sequence_number ?? 0
  const rest = await takeUntil(
    readEvents(await tested.get(`/responses/${id}?stream=true&starting_after=${after}`)),
    () => false,
  )
  return [...events, ...rest]
}
const idOf = ([first]: readonly StreamedEvent[]): string =>
  (first as unknown as { response: { id: string } }).response.id

afterEach(() => vi.useRealTimers())

describe('a client that hangs up at any event', () => {
  const leaveAfter = fc.integer({ min: 1, max: 30 })

  test('comes back to a stream in the background, and has all of it, deltas included', async () => {
    await fc.assert(
      fc.asyncProperty(answer, leaveAfter, fc.boolean(), async (reply, count, streams) => {
        tested.fake.script(slow(reply))
        const begun = await tested.post('/responses', { ...asked, background: true, stream: streams })
        const { id } = streams ? { id: '' } : ((await begun.json()) as { id: string })
        const first = await readSome(
          async () => (streams ? begun : await tested.get(`/responses/${id}?stream=true`)),
          count,
        )
        const joined = await resume(idOf(first), first)
        expect(checkEvents(joined)).toMatchObject({ status: 'completed' })
        expect((await readResponseStream(await tested.get(`/responses/${idOf(first)}?stream=true`))).events).toEqual(
          joined,
        )
      }),
      { numRuns: runs(100) },
    )
  })

  test('ends a response in the foreground, and can still read how it ended', async () => {
    await fc.assert(
      fc.asyncProperty(answer, leaveAfter, async (reply, count) => {
        tested.fake.script(slow(reply))
        const first = await readSome((signal) => tested.post('/responses', { ...asked, stream: true }, signal), count)
        const joined = await resume(idOf(first), first)
        expect(checkEvents(joined).status).toMatch(/^(?:cancelled|completed)$/)
        expect((await readResponseStream(await tested.get(`/responses/${idOf(first)}?stream=true`))).events).toEqual(
          joined,
        )
      }),
      { numRuns: runs(100) },
    )
  })

  test('of a WebSocket ends its response, and reads the rest over HTTP', async () => {
    await fc.assert(
      fc.asyncProperty(answer, leaveAfter, async (reply, count) => {
        tested.fake.script(slow(reply))
        const own = await openResponseSocket(tested.url)
        own.send(JSON.stringify({ type: 'response.create', ...asked }))
        const first: StreamedEvent[] = []
        while (first.length < count && !isEnd(first.at(-1))) first.push(await own.next())
        own.socket.terminate()
        const joined = await resume(idOf(first), first)
        expect(checkEvents(joined).status).toMatch(/^(?:cancelled|completed)$/)
      }),
      { numRuns: runs(100) },
    )
  })
})

function isEnd(event: StreamedEvent | undefined): boolean {
  return /^response\.(?:completed|incomplete|failed)$/.test(event?.type ?? '')
}

test('a response that is cancelled at any event ends as cancelled, for who cancels and who listens', async () => {
  await fc.assert(
    fc.asyncProperty(answer, fc.nat({ max: 20 }), async (reply, at) => {
      tested.fake.script(slow(reply))
      const { id } = (await toJson(await tested.post('/responses', { ...asked, background: true }))) as { id: string }
      const events = readEvents(await tested.get(`/responses/${id}?stream=true`))
      let left = at
      const first = at === 0 ? [] : await takeUntil(events, () => --left <= 0)
      const cancelled = await toJson(await tested.post(`/responses/${id}/cancel`, {}))
      const last = checkEvents([...first, ...(await takeUntil(events, () => false))])
      expect(last).toEqual(cancelled)
      const isCompleted = last.status === 'completed'
      expect(last).toMatchObject({
        status: isCompleted ? 'completed' : 'cancelled',
        error: null,
        incomplete_details: null,
      })
      expect(await toJson(await tested.post(`/responses/${id}/cancel`, {}))).toEqual(cancelled)
    }),
    { numRuns: runs(100) },
  )
})

test('a stream that is read again an hour later is the same, the time of its end and what is sealed too', async () => {
  tested.fake.script({ reasoning: 'I know.', text: '맑음.', split: 2 })
  const { events, response } = await readResponseStream(await tested.post('/responses', { ...asked, stream: true }))
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  const again = await readResponseStream(await tested.get(`/responses/${String(response.id)}?stream=true`))
  expect(again.events).toEqual(events)
})
