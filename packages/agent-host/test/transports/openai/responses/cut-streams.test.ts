import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { runs } from '../../../../../../test/scale.ts'
import { type Answer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { checkEvents, readEvents, readResponseStream, takeUntil } from '../../../support/read-response-stream.ts'
import { openResponseSocket, type ResponseSocket } from '../../../support/response-socket.ts'
import { answers, asked, text, toJson, useResponses } from './use-responses.ts'

const tested = useResponses()
let socket: ResponseSocket
beforeAll(async () => {
  socket = await openResponseSocket(tested.url)
})
afterAll(() => socket[Symbol.asyncDispose]())
afterEach(() => vi.useRealTimers())

/** The ways in which a Response is streamed, each read to its end and checked. */
const ways = {
  async 'server-sent events'() {
    const { response } = await readResponseStream(await tested.post('/responses', { ...asked, stream: true }))
    expect(await toJson(await tested.get(`/responses/${String(response.id)}`))).toEqual(response)
    return response
  },
  async 'a WebSocket'() {
    const { response, error } = await socket.turn(asked)
    expect(error).toBeUndefined()
    return response ?? {}
  },
  async 'the background'() {
    const { id } = await toJson(await tested.post('/responses', { ...asked, background: true }))
    const { response } = await readResponseStream(await tested.get(`/responses/${String(id)}?stream=true`))
    expect(await toJson(await tested.get(`/responses/${String(id)}`))).toEqual(response)
    return response
  },
}
const way = fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[]))

const answer = fc.constantFrom(...answers)

/** The bytes that a model server would send for this answer. */
async function bytesOf(reply: Answer): Promise<Buffer> {
  await using other = await startFakeModelServer({ models: ['m'] })
  other.script({ ...reply, split: 4 })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] })
  const sent = await fetch(`${other.url}/chat/completions`, { method: 'POST', headers, body })
  return Buffer.from(await sent.arrayBuffer())
}

const completed = { status: 'completed', error: null, incomplete_details: null }
const toFailed = (words: string) => ({
  status: 'failed',
  error: { code: 'server_error', message: expect.stringContaining(words) as string },
  incomplete_details: null,
})
const failed = toFailed('The model server')

test('a model server that dies at any byte makes a failed response, and one that had said all of it none', async () => {
  const streams = await Promise.all(answers.map(bytesOf))
  await fc.assert(
    fc.asyncProperty(way, fc.nat(), fc.nat({ max: streams.length - 1 }), async (how, at, which) => {
      const bytes = streams[which] ?? Buffer.alloc(0)
      const cut = at % (bytes.length + 1)
      // oxlint-disable-next-line unicorn/no-thenable -- a field of the script
      tested.fake.script({ raw: bytes.subarray(0, cut), then: 'drop' })
      const response = await ways[how]()
      const isWhole = cut === bytes.length
      const either = { status: expect.stringMatching(/^(?:failed|completed)$/) as string }
      expect(response).toMatchObject(cut <= bytes.indexOf('[DONE]') ? failed : isWhole ? completed : either)
    }),
    { numRuns: runs(300) },
  )
})

test('a model server that goes wrong after any event makes a failed response, with what it said', async () => {
  const kinds = ['error', 'bad-json', 'end', 'drop'] as const
  await fc.assert(
    fc.asyncProperty(way, answer, fc.nat({ max: 9 }), fc.constantFrom(...kinds), async (how, reply, after, kind) => {
      tested.fake.script({
        ...reply,
        split: 3,
        fault: { kind, after, ...(kind === 'error' && { message: 'out of memory' }) },
      })
      const response = await ways[how]()
      const words = kind === 'error' ? 'out of memory' : ''
      // A short answer may be over before its fault.
      const isOver = after >= 3 && response.status === 'completed'
      expect(response).toMatchObject(isOver ? completed : toFailed(words))
    }),
    { numRuns: runs(200) },
  )
})

test('an answer that reaches its limit of tokens anywhere is incomplete, and says why', async () => {
  await fc.assert(
    fc.asyncProperty(way, fc.nat({ max: 60 }), fc.boolean(), async (how, length, isCall) => {
      const args = '{"city":"서울특별시"}'.slice(0, length)
      const reply: Answer = isCall
        ? { toolCalls: [{ id: 'a', name: 'get_weather', arguments: args }] }
        : { reasoning: text.slice(0, length), text: text.slice(0, Math.max(0, length - 20)) }
      tested.fake.script({ ...reply, split: 2, finishReason: 'length' })
      expect(await ways[how]()).toMatchObject({
        status: 'incomplete',
        error: null,
        incomplete_details: { reason: 'max_output_tokens' },
        completed_at: null,
      })
    }),
    { numRuns: runs(200) },
  )
})

describe('a model server that is silent', () => {
  test('makes a stream whose comments show that it lives on, and nothing of the answer is lost', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const spoke = Promise.withResolvers<void>()
    tested.fake.script({ text, split: 5, fault: { kind: 'stall', after: 3, until: spoke.promise } })
    const comments: string[] = []
    const events = readEvents(await tested.post('/responses', { ...asked, stream: true }), (comment) => {
      comments.push(comment)
      if (comments.length === 3) spoke.resolve()
      else vi.advanceTimersByTime(15_000)
    })
    const first = await takeUntil(events, ({ type }) => type === 'response.output_text.delta')
    vi.advanceTimersByTime(15_000)
    const rest = await takeUntil(events, () => false)
    expect(comments).toEqual([': still here', ': still here', ': still here'])
    expect(checkEvents([...first, ...rest])).toMatchObject({
      status: 'completed',
      output: [{}, { content: [{ text }] }],
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('makes a connection whose pings show that it lives on', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const own = await openResponseSocket(tested.url)
    const spoke = Promise.withResolvers<void>()
    tested.fake.script({ text, split: 5, fault: { kind: 'stall', after: 3, until: spoke.promise } })
    const turn = own.turn(asked)
    const pinged = once(own.socket, 'ping')
    vi.advanceTimersByTime(15_000)
    await pinged
    spoke.resolve()
    expect((await turn).response).toMatchObject({ status: 'completed', output: [{}, { content: [{ text }] }] })
    await own[Symbol.asyncDispose]()
  })
})
