import { request } from 'undici'
import { startModel, startService } from './service.ts'
import { storeKinds } from '../../test/support/store-kinds.ts'
import type { Program } from '../proxy/programs.ts'

const events = 5000
const rounds = 20

/** How soon a client that comes back to a long run reads on, over HTTP, from a service that has not read it before. */
export async function measureResume(): Promise<void> {
  console.log(
    `\nresume of a run of ${events} events over HTTP, ms to the first event (at most 50): first time, median, worst`,
  )
  const model = await startModel(events, 0)
  try {
    for (const { name, start } of storeKinds.filter(({ missing }) => missing.length === 0)) {
      await using store = await start({ durable: true })
      await measure(model, name, store.env)
    }
  } finally {
    await model.stop()
  }
}

async function measure(model: Program, name: string, env: Record<string, string>): Promise<void> {
  const first = await startService(model, env)
  const run = await makeRun(first.url)
  await first.stop()
  const host = await startService(model, env)
  try {
    for (const after of [0, events / 2, events - 100]) {
      const times: number[] = []
      for (let i = 0; i < rounds; i++) times.push(await firstEvent(`${host.url}/api/v1/runs/${run}/events`, after))
      const sorted = times.toSorted((a, b) => a - b)
      const shown = [times[0], sorted[rounds / 2], sorted.at(-1)].map((ms) => (ms ?? 0).toFixed(1).padStart(7))
      console.log(`  ${name.padEnd(20)} after ${String(after).padStart(5)}  ${shown.join(' ')}`)
    }
  } finally {
    await host.stop()
  }
}

async function makeRun(url: string): Promise<string> {
  const { body } = await request(`${url}/api/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Tell me of the fox.' }),
  })
  const { run_id: id } = (await body.json()) as { run_id: string }
  const followed = await request(`${url}/api/v1/runs/${id}/events`)
  await followed.body.dump({ limit: 1e9 })
  return id
}

async function firstEvent(url: string, after: number): Promise<number> {
  const started = performance.now()
  const { body } = await request(url, { headers: { 'last-event-id': String(after) } })
  for await (const piece of body) {
    const took = performance.now() - started
    if (!String(piece).startsWith(`id: ${after + 1}\n`))
      throw new Error(`not the event after ${after}: ${String(piece)}`)
    return took
  }
  throw new Error('there was no event')
}
