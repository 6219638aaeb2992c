import type { AgentEvent } from '../../src/core/events.ts'
import { textMessage } from '../../src/core/message.ts'
import { openMemoryStores, type Stores } from '../../src/runs/stores.ts'
import type { Claim } from '../../src/sessions/claim.ts'
import type { EntryDraft } from '../../src/sessions/entry.ts'
import { openByEnvironment } from '../../test/sessions/script/open-by-environment.ts'
import { storeKinds } from '../../test/support/store-kinds.ts'
import type { RecordKind } from '../../src/sessions/record-store.ts'

const messages = 10_000
const pairs = 400
const listed = 1000
const manyRecords = 100_000
const ttlMs = 600_000

export async function measureStores(): Promise<void> {
  console.log('\nmemory:')
  await measureStore(async () => openMemoryStores(), false)
  for (const { name, missing, start } of storeKinds) {
    console.log(`\n${name}:${missing.map((why) => ` not measured, ${why}`).join('')}`)
    if (missing.length > 0) continue
    await using store = await start({ durable: true })
    await measureStore(() => openByEnvironment(store.env), true)
  }
}

/**
 * `open` may be called again on the same data, as another process would; `reopens`: whether it reads from somewhere what
 * it opens.
 */
async function measureStore(open: () => Promise<Stores>, reopens: boolean): Promise<void> {
  const stores = await open()
  await measureAppends(stores)
  const run = await writeRun(stores)
  await measureList(stores)
  await stores.close()
  if (reopens) {
    const fresh = await open()
    print('open 10,000 messages', await timed(() => fresh.sessions.entries('long')), 'at most 100')
    await fresh.close()
    const other = await open()
    print('claim 10,000 messages, unread', await timed(() => claim(other, 'long')), '')
    print('resume 5,000 events: first', await timed(() => firstEvent(other, run, 0)), 'at most 50')
    print('resume 5,000 events: first after 4,900', await timed(() => firstEvent(other, run, 4900)), 'at most 50')
    print('resume 5,000 events: all', await timed(() => allEvents(other, run)), '')
    await measureRecords(other)
    await other.close()
  }
}

/** To an empty session and to a long one in turns, so that whatever else the machine does falls on both. */
async function measureAppends(stores: Stores): Promise<void> {
  await stores.sessions.create({ id: 'long' })
  const long = await claim(stores, 'long')
  for (let i = 0; i < messages; i += 100) {
    await stores.sessions.append(
      long,
      Array.from({ length: 100 }, (_, each) => message(i + each)),
    )
  }
  const times = { empty: [] as number[], long: [] as number[] }
  for (let i = 0; i < pairs; i++) {
    const { id } = await stores.sessions.create()
    const empty = await claim(stores, id)
    const toEmpty = (): Promise<unknown> => stores.sessions.append(empty, [message(i)])
    const toLong = (): Promise<unknown> => stores.sessions.append(long, [message(i)])
    const emptyFirst = i % 2 === 0
    if (emptyFirst) times.empty.push(await timed(toEmpty))
    times.long.push(await timed(toLong))
    if (!emptyFirst) times.empty.push(await timed(toEmpty))
    await stores.sessions.release(empty)
  }
  await stores.sessions.release(long)
  print('append to an empty session', median(times.empty), '')
  print('append to 10,000 messages', median(times.long), '')
  console.log(
    `  ${'ratio'.padEnd(40)}${(median(times.long) / median(times.empty)).toFixed(2).padStart(9)}   at most 1.2`,
  )
}

async function writeRun(stores: Stores): Promise<string> {
  const run = await stores.runs.create({ id: 'run_bench', sessionId: 'long', owner: 'bench', ttlMs })
  const times: number[] = []
  for (let from = 1; from < 5000; from += 2) {
    times.push(await timed(() => stores.runs.append(run, from, [delta(from), delta(from + 1)])))
  }
  print('append a batch of 2 events', median(times), '')
  await stores.runs.end(run, 'done')
  return run.id
}

async function measureList(stores: Stores): Promise<void> {
  for (let i = pairs; i < listed; i++) await stores.sessions.create()
  print(`list 50 of ${listed} sessions`, await timed(() => stores.sessions.list()), '')
}

/** Of one kind there are a hundred, of the other a hundred thousand; both are read in turns. */
async function measureRecords({ records }: Stores): Promise<void> {
  const put = (kind: RecordKind, i: number): Promise<void> =>
    records.put(kind, `record_${i}`, { sessionId: 'long', entryId: `entry_${i}` })
  for (let i = 0; i < manyRecords; i += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, each) => put('response', i + each)))
  }
  const times = { few: [] as number[], many: [] as number[] }
  for (let i = 0; i < 100; i++) {
    await put('conversation', i)
    times.few.push(await timed(() => records.get('conversation', `record_${i}`)))
    times.many.push(await timed(() => records.get('response', `record_${manyRecords - 1 - i}`)))
  }
  print('get one of 100 records', median(times.few), '')
  print('get one of 100,000 records', median(times.many), '')
  printRatio(median(times.many) / median(times.few), 'at most 1.5')
}

async function claim({ sessions }: Stores, id: string): Promise<Claim> {
  const attempt = await sessions.claim(id, 'bench', ttlMs)
  if (!attempt.claimed) throw new Error(`${id} is held by ${attempt.owner}`)
  return attempt.claim
}

async function firstEvent({ runs }: Stores, id: string, after: number): Promise<void> {
  for await (const { sequence } of runs.follow(id, after)) {
    if (sequence !== after + 1) throw new Error(`the first event is ${sequence}`)
    return
  }
}

async function allEvents({ runs }: Stores, id: string): Promise<void> {
  let last = 0
  for await (const { sequence } of runs.follow(id, 0)) last = sequence
  if (last !== 5000) throw new Error(`the last event is ${last}`)
}

/** Of the size that messages of a conversation have. */
function message(number: number): EntryDraft {
  const text = `Message ${number}: ${'the weather in Seoul is fine today. '.repeat(10)}`
  return { body: { type: 'message', message: textMessage(`msg_${number}`, 'user', text) } }
}

function delta(number: number): AgentEvent {
  return { type: 'text-delta', index: 0, text: `word ${number} ` }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function print(what: string, ms: number, target: string): void {
  console.log(`  ${what.padEnd(40)}${ms.toFixed(3).padStart(9)} ms ${target}`)
}

function printRatio(ratio: number, target: string): void {
  console.log(`  ${'ratio'.padEnd(40)}${ratio.toFixed(2).padStart(9)}    ${target}`)
}
