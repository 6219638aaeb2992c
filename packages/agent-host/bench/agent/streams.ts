import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onCores, type Program } from '../proxy/programs.ts'
import { sharedCores, startModel, startService } from './service.ts'
import { startFolder, storeKinds } from '../../test/support/store-kinds.ts'
import type { StreamTiming } from './stream-clients.ts'

const paceMs = 20
const tokens = 300
const wanted = 200
const mostMegabytes = 400
/** More are not tried. */
const mostStreams = 3200

/** How many runs at once keep the pace of their model, in the memory that they may take. */
export async function measureStreams(): Promise<void> {
  console.log(`\n${wanted} runs at once, ${1000 / paceMs} tokens/s each; model, host and clients on two cores`)
  console.log(`  (at most 1.1 times the model's time for each, and ${mostMegabytes} MB):`)
  const model = await startModel(tokens, paceMs)
  try {
    for (const { name, start } of storeKinds.filter(({ missing }) => missing.length === 0)) {
      await using store = await start({ durable: true })
      await tryStreams(model, { name, env: store.env }, wanted)
    }
    await findLimit(model)
  } finally {
    await model.stop()
  }
}

interface UsedStore {
  name: string
  env: Record<string, string>
}

/** Doubles, and then halves the distance three times. */
async function findLimit(model: Program): Promise<void> {
  let good = wanted
  let bad = 2 * wanted
  const keepsPace = async (streams: number): Promise<boolean> => {
    await using store = await startFolder()
    return await tryStreams(model, { name: 'JSONL', env: store.env }, streams)
  }
  while (bad <= mostStreams && (await keepsPace(bad))) {
    good = bad
    bad *= 2
  }
  if (bad > mostStreams) return console.log(`  ${good} runs at once are within both; more were not tried`)
  for (let i = 0; i < 3; i++) {
    const middle = (good + bad) / 2
    if (await keepsPace(middle)) good = middle
    else bad = middle
  }
  console.log(`  the first of both is passed between ${good} and ${bad} runs at once`)
}

/** Whether every stream took at most a tenth longer than its model, and the host no more memory than it may. */
async function tryStreams(model: Program, { name, env }: UsedStore, streams: number): Promise<boolean> {
  // A process of its own each: what others left in the memory is not to be counted.
  const host = await startService(model, env)
  let resident = 0
  const watch = setInterval(() => (resident = Math.max(resident, host.resident())), 50)
  try {
    const cpu = host.cpu()
    const started = performance.now()
    const timings = await runClients(host.url, streams)
    const cores = (host.cpu() - cpu) / (performance.now() - started)
    const worst = Math.max(...timings.map(({ span }) => span)) / ((tokens - 1) * paceMs)
    const most = (of: (timing: StreamTiming) => number): string => Math.max(...timings.map(of)).toFixed(0)
    const columns = [
      `slowest ${worst.toFixed(2)} of the model's time`,
      `first token ${most(({ first }) => first)} ms`,
      `longest gap ${most(({ gap }) => gap)} ms`,
      `host ${resident.toFixed(0)} MB, ${cores.toFixed(2)} cores`,
    ]
    console.log(`  ${name.padEnd(20)} ${String(streams).padStart(5)}  ${columns.join('  ')}`)
    return worst <= 1.1 && resident <= mostMegabytes
  } finally {
    clearInterval(watch)
    await host.stop()
  }
}

async function runClients(url: string, streams: number): Promise<StreamTiming[]> {
  const script = join(import.meta.dirname, 'stream-clients.ts')
  const [file, ...args] = [...onCores(sharedCores), process.execPath, script, url, `${streams}`, `${tokens}`]
  const { stdout } = await promisify(execFile)(file, args, { maxBuffer: 100_000_000 })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StreamTiming)
}
