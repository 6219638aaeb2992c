import { fileURLToPath } from 'node:url'
import type { ServerContext } from '@modelcontextprotocol/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProgress } from '../src/progress.ts'
import { createServerFactory } from '../src/server.ts'
import { type HttpEndpoint, serveOverHttp } from '../src/transports/http.ts'
import { createEchoingTools, largeBytes, publicHost } from './support/echoing-tools.ts'
import { mcpClients } from './support/mcp-clients.ts'

const script = fileURLToPath(new URL('support/echoing-stdio.ts', import.meta.url))

let endpoint: HttpEndpoint
let echoing: Awaited<ReturnType<typeof createEchoingTools>>

beforeAll(async () => {
  echoing = await createEchoingTools()
  const options = { host: '127.0.0.1', port: 0, token: undefined, hosts: [], onError: () => undefined }
  endpoint = await serveOverHttp(createServerFactory(echoing.tools), options)
})

afterAll(async () => {
  await endpoint.close()
  await echoing.network.close()
})

const toPublic = (path: string) => ({ url: `https://${publicHost}/${path}`, max_chars: 10 })

test.each(mcpClients)('%s: a client that asks is told how far a long transfer is', async (_name, connect) => {
  const client = await connect({ script, origin: endpoint.origin })
  try {
    const told: { progress: number; total?: number | undefined }[] = []
    const underway = Promise.withResolvers<void>()
    const large = client.call('http_request', toPublic('large'), {
      onprogress(each) {
        told.push(each)
        if (each.progress >= largeBytes / 4) underway.resolve()
      },
    })
    await underway.promise
    const amounts = told.map(({ progress }) => progress)
    expect(amounts).toEqual([...new Set(amounts)].toSorted((one, other) => one - other))
    expect(told.every(({ total }) => total === largeBytes)).toBe(true)
    await client.call('http_request', toPublic('more'))
    expect((await large).structuredContent).toMatchObject({ status: 200, bytes: largeBytes })
  } finally {
    await client.close()
  }
})

/** A progress whose clock is moved by hand, and what it sends. */
function begin(progressToken?: string | number) {
  const sent: unknown[] = []
  const clock = { now: 0 }
  const mcpReq = {
    _meta: progressToken === undefined ? {} : { progressToken },
    notify: async ({ params }: { params: unknown }) => void sent.push(params),
  }
  const context = { mcpReq } as unknown as ServerContext
  return {
    sent,
    clock,
    progress: createProgress(
      context,
      () => undefined,
      () => clock.now,
    ),
  }
}

test('a client that does not ask is told nothing', () => {
  expect(begin().progress).toBeUndefined()
})

test('of an unknown total there is word every quarter of a second, and only where more has come', () => {
  const { sent, clock, progress } = begin(0)
  for (const [now, done] of [
    [0, 10],
    [249, 1_000_000],
    [250, 1_000_001],
    [300, 2_000_000],
    [499, 3_000_000],
    [500, 3_000_001],
    [900, 3_000_001],
  ] as const) {
    clock.now = now
    progress?.(done, undefined)
  }
  expect(sent).toEqual([
    { progressToken: 0, progress: 1_000_001, message: '1000001 bytes' },
    { progressToken: 0, progress: 3_000_001, message: '3000001 bytes' },
  ])
})

test('of a known total there is word at each twentieth too, but not of little', () => {
  const large = begin('a')
  for (let done = 10_000; done <= 10_000_000; done += 10_000) large.progress?.(done, 10_000_000)
  expect(large.sent).toHaveLength(20)
  expect(large.sent.at(-1)).toMatchObject({ progress: 10_000_000, total: 10_000_000 })
  const small = begin('b')
  for (let done = 100; done <= 60_000; done += 100) small.progress?.(done, 60_000)
  expect(small.sent).toEqual([])
})
