import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { openStdioPeer, type StdioPeer } from './stdio-peer.ts'

const bareServer = fileURLToPath(new URL('bare-server.mjs', import.meta.url))
const mcpTools = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const targetServer = fileURLToPath(new URL('target-server.ts', import.meta.url))

const warmUp = 300
const rounds = 2_000
const megabyte = 1_000_000

/** Median milliseconds of one GET by undici alone, of an echo over stdio, and of the GET by http_request over stdio. */
async function measureGet(tools: StdioPeer, echo: StdioPeer, url: string) {
  const ways = {
    async undici() {
      const { body } = await request(url)
      await body.text()
    },
    echo: () => echo.call('echo', { text: 'hello' }),
    tool: () => tools.call('http_request', { url }),
  }
  const times = { undici: [] as number[], echo: [] as number[], tool: [] as number[] }
  // By turns, so that whatever else the machine does meets all three alike.
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const way of ['undici', 'echo', 'tool'] as const) {
      const elapsed = await time(ways[way])
      if (round >= warmUp) times[way].push(elapsed)
    }
  }
  const [undici, echoed, tool] = [median(times.undici), median(times.echo), median(times.tool)]
  return { undici, echo: echoed, tool, ratio: tool / (undici + echoed) }
}

/** How much more memory the server holds, at most, while it reads 1 MB of 100 MB, and which connections stay open. */
async function measureLarge(tools: StdioPeer, origin: string) {
  const call = () => tools.call('http_request', { url: `${origin}/large`, max_chars: 1_000 })
  // What is loaded, compiled and first allocated on the way is there once.
  for (let round = 0; round < 20; round += 1) await call()
  const growths: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const before = residentBytes(tools.child.pid)
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, residentBytes(tools.child.pid))
    }, 1)
    await call()
    clearInterval(watch)
    growths.push(Math.max(most, residentBytes(tools.child.pid)) - before)
  }
  const { body } = await request(`${origin}/open`)
  return { growthBytes: Math.max(...growths), open: Number(await body.text()) }
}

/**
 * The longest that a time_now took beside 50 calls at a time, asked without pause: median and worst of all batches. How
 * long it takes alone, at worst, tells what else the machine was doing.
 */
async function measureConcurrent(tools: StdioPeer, origin: string) {
  const longest: number[] = []
  const alone: number[] = []
  for (let round = 0; round < 5_000; round += 1) alone.push(await time(() => tools.call('time_now', {})))
  for (let round = 0; round < 60; round += 1) {
    const running = new Set<number>()
    const calls = Array.from({ length: 50 }, async (_, index) => {
      running.add(index)
      await tools.call('http_request', { url: `${origin}/page` })
      running.delete(index)
    })
    const asked: number[] = []
    while (running.size > 0) asked.push(await time(() => tools.call('time_now', {})))
    await Promise.all(calls)
    if (round >= 20) longest.push(Math.max(...asked))
  }
  return { aloneWorst: Math.max(...alone), longest: median(longest), worst: Math.max(...longest) }
}

/** Calls of time_now a second, without a transport. */
async function measureTimeNow() {
  const { createTools } = await import('../dist/index.js')
  const timeNow = createTools().find(({ name }) => name === 'time_now')
  const call = { signal: new AbortController().signal }
  const run = async (count: number) => {
    for (let index = 0; index < count; index += 1) await timeNow?.run({ timezone: 'Asia/Seoul' }, call)
  }
  await run(2_000)
  const elapsed = await time(() => run(20_000))
  return 20_000 / (elapsed / 1_000)
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** NaN where the system has no such file. */
function residentBytes(pid: number | undefined): number {
  if (process.platform !== 'linux') return Number.NaN
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1_024
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

async function main(): Promise<void> {
  const target = spawn(process.execPath, [targetServer], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface({ input: target.stdout }), 'line')) as [string]
  const origin = `http://127.0.0.1:${port}`
  const env = { HTTP_ALLOW: origin, HTTP_MAX_BYTES: String(megabyte) }
  const tools = await openStdioPeer(mcpTools, env)
  const echo = await openStdioPeer(bareServer)
  const get = await measureGet(tools, echo, `${origin}/`)
  console.log(
    `GET over stdio: ${get.tool.toFixed(3)} ms; undici alone ${get.undici.toFixed(3)} ms, echo ${get.echo.toFixed(3)} ms: ${get.ratio.toFixed(2)} times the two (at most 1.5)`,
  )
  const concurrent = await measureConcurrent(tools, origin)
  console.log(
    `time_now beside 50 calls: at most ${concurrent.longest.toFixed(1)} ms in the median batch, ${concurrent.worst.toFixed(1)} ms in the worst of 40 (at most 20); alone, in the worst of 5000 calls, ${concurrent.aloneWorst.toFixed(1)} ms`,
  )
  const large = await measureLarge(tools, origin)
  console.log(
    `1 MB of 100 MB: memory grows by ${(large.growthBytes / megabyte).toFixed(1)} MB (less than 8), ${large.open} connections left open (0)`,
  )
  console.log(`time_now in process: ${(await measureTimeNow()).toFixed(0)} calls/s (10000 or more)`)
  await Promise.all([tools.end(), echo.end()])
  target.kill()
}

await main()
