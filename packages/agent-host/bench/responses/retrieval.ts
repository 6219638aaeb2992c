import { Agent, request } from 'undici'
import type { JsonRecord } from '../../src/sessions/record-store.ts'
import { openByEnvironment } from '../../test/sessions/script/open-by-environment.ts'
import { type StoreKind, storeKinds } from '../../test/support/store-kinds.ts'
import { startService } from '../agent/service.ts'
import { median } from '../proxy/compare.ts'
import { type Program, startStub } from '../proxy/programs.ts'

const few = 100
const many = process.env.BENCH_QUICK === '1' ? 2000 : 100_000
/** Each is read so often, and those of the two stores in turns. */
const rounds = 5
/** Before it is measured, a service is asked so often. */
const warmUp = 500

const dispatcher = new Agent()

/** Whether a stored Response is read as fast among 100,000 as among 100, over HTTP. */
export async function measureRetrieval(): Promise<void> {
  console.log(`\nGET /v1/responses/:id, median ms of the first ${few} and of the last of ${many} (at most 1.5 times):`)
  const model = await startStub()
  try {
    for (const kind of storeKinds) {
      if (kind.missing.length > 0) console.log(`${kind.name}: not measured, ${kind.missing.join(', ')}`)
      else await measure(kind, model)
    }
  } finally {
    await model.stop()
  }
}

async function measure({ name, start }: StoreKind, model: Program): Promise<void> {
  await using small = await start({ durable: true })
  await using large = await start({ durable: true })
  const first = await startService(model, small.env)
  const last = await startService(model, large.env)
  try {
    const firstIds = await fill(first, small.env, few)
    const lastIds = (await fill(last, large.env, many)).slice(-few)
    for (let i = 0; i < warmUp; i++) await Promise.all([read(first, firstIds[i % few]), read(last, lastIds[i % few])])
    const times = { first: [] as number[], last: [] as number[] }
    for (let i = 0; i < rounds * few; i++) {
      const order = i % 2 === 0 ? (['first', 'last'] as const) : (['last', 'first'] as const)
      for (const which of order) {
        const [service, ids] = which === 'first' ? [first, firstIds] : [last, lastIds]
        times[which].push(await read(service, ids[i % few]))
      }
    }
    const [one, other] = [median(times.first), median(times.last)]
    console.log(
      `  ${name.padEnd(22)}${one.toFixed(2).padStart(8)}${other.toFixed(2).padStart(8)}${(other / one).toFixed(2).padStart(8)}`,
    )
  } finally {
    await Promise.all([first.stop(), last.stop()])
  }
}

/** Puts copies of a Response that the service made beside it, until there are so many. Returns their ids. */
async function fill({ url }: Program, env: Record<string, string>, count: number): Promise<string[]> {
  const { body } = await request(`${url}/v1/responses`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', input: 'Tell me of the fox.' }),
  })
  const { id } = (await body.json()) as { id: string }
  const stores = await openByEnvironment(env)
  try {
    const made = JSON.stringify(await stores.records.get('response', id))
    const bare = id.replace('resp_', '')
    const copyOf = (number: number): string => `${bare.slice(0, -8)}${number.toString(16).padStart(8, '0')}`
    const ids = [id]
    while (ids.length < count) {
      const copies = Array.from({ length: Math.min(100, count - ids.length) }, (_, i) => copyOf(ids.length + i))
      await Promise.all(
        copies.map((copy) =>
          stores.records.put('response', `resp_${copy}`, JSON.parse(made.replaceAll(bare, copy)) as JsonRecord),
        ),
      )
      ids.push(...copies.map((copy) => `resp_${copy}`))
    }
    return ids
  } finally {
    await stores.close()
  }
}

async function read({ url }: Program, id = ''): Promise<number> {
  const started = performance.now()
  const { statusCode, body } = await request(`${url}/v1/responses/${id}`, { dispatcher })
  const found = (await body.json()) as { id: string; status: string }
  const took = performance.now() - started
  if (statusCode !== 200 || found.id !== id || found.status !== 'completed') throw new Error(`${id}: ${statusCode}`)
  return took
}
