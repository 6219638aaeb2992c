// What the proxy costs, against a bare undici pipe in front of the same stub, each pinned to one core; the stub and the
// load are on the other.
import { compareCpu, median } from './proxy/compare.ts'
import { type Ask, send, sendMany, sendPaced, toBody } from './proxy/load.ts'
import { type Program, startPipe, startPortkey, startProxy, startStub } from './proxy/programs.ts'

const quick = process.env.BENCH_QUICK === '1'
const stub = await startStub()
const [pipe, proxy, portkey] = await Promise.all([startPipe(stub), startProxy(stub), startPortkey(stub)])
const programs = [pipe, proxy, portkey]

const print = (...columns: (string | number)[]): void =>
  console.log(
    columns.map((column, at) => (at === 0 ? String(column).padEnd(44) : String(column).padStart(12))).join(''),
  )
const shown = (value: number, digits = 1): string => value.toFixed(digits)

/** Streams at once, so that the whole load is some ten thousand events a second, half a core of the pipe. */
const streams = 64
const writes = quick ? 100 : 400

async function compare(name: string, ask: Ask, limit: number): Promise<void> {
  const body = toBody(ask)
  const { burst = 1 } = ask
  const events = ask.stream ? streams * (writes * burst + 3) : 4000
  const load = (program: Program): Promise<unknown> =>
    ask.stream
      ? Promise.all(Array.from({ length: streams }, () => send(program, body)))
      : sendPaced(program, body, { clients: 16, count: 4000, everyMs: 8 })
  const { one, other, ratio } = await compareCpu(proxy, pipe, events, async (program) => void (await load(program)))
  print(name, shown(one), shown(other), shown(ratio, 2), ` (at most ${limit})`)
}

print('CPU, in microseconds', 'proxy', 'bare pipe', 'ratio')
const paced = { stream: true, writes, paceMs: 5 }
await compare('an event, no tools', { ...paced, tools: false }, 1.3)
await compare('an event, tools and conversion', { ...paced, tools: true }, 2)
await compare('a request, no tools', { stream: false, tools: false }, 1.3)
await compare('a request, tools and conversion', { stream: false, tools: true }, 2)
const burst = { stream: true, writes: quick ? 50 : 150, paceMs: 20, burst: 8 }
await compareBurst('an event of 8 in a write, no tools', { ...burst, tools: false })
await compareBurst('an event of 8 in a write, tools', { ...burst, tools: true })

async function compareBurst(name: string, ask: Ask & { writes: number; burst: number }): Promise<void> {
  const body = toBody(ask)
  const load = async (program: Program): Promise<void> => {
    await Promise.all(Array.from({ length: streams }, () => send(program, body)))
  }
  const { one, other, ratio } = await compareCpu(proxy, pipe, streams * (ask.writes * ask.burst + 3), load, 4)
  print(name, shown(one), shown(other), shown(ratio, 2))
}

console.log('')
print('Requests a second, whole answers', ...programs.map(({ name }) => name.slice(0, 11)))
for (const clients of [1, 16, 64]) {
  const rates: number[] = []
  for (const program of programs) {
    const count = program === portkey ? 2000 : 8000
    rates.push(await sendMany(program, toBody({ stream: false, tools: false }), clients, count))
  }
  print(`  ${clients} at once`, ...rates.map((rate) => shown(rate, 0)))
}

/** Milliseconds to the first bytes of a stream, one at a time. */
async function firstChunk(program: Program, tools: boolean): Promise<number> {
  return (await send(program, toBody({ stream: true, tools, writes: 1 }))).first
}
const firsts = new Map<string, number[]>()
for (let round = 0; round < (quick ? 100 : 600); round++) {
  for (const program of programs) {
    for (const tools of [false, true]) {
      const key = `${program.name} ${tools}`
      firsts.set(key, [...(firsts.get(key) ?? []), await firstChunk(program, tools)])
    }
  }
}
console.log('')
print('Median ms to the first chunk', ...programs.map(({ name }) => name.slice(0, 11)))
for (const tools of [false, true]) {
  const times = programs.map(({ name }) => median(firsts.get(`${name} ${tools}`) ?? []))
  const added = (times[1] ?? 0) - (times[0] ?? 0)
  print(
    tools ? '  tools' : '  no tools',
    ...times.map((time) => shown(time, 2)),
    ` added ${shown(added, 2)} (at most 0.5)`,
  )
}

console.log('')
print('Events a second, unpaced, 16 streams', ...programs.map(({ name }) => name.slice(0, 11)))
for (const tools of [false, true]) {
  const rates: number[] = []
  for (const program of programs) {
    const writesEach = program === portkey ? 500 : 3000
    const body = toBody({ stream: true, tools, writes: writesEach })
    const started = performance.now()
    await Promise.all(Array.from({ length: 16 }, () => send(program, body)))
    rates.push((16 * writesEach * 1000) / (performance.now() - started))
  }
  print(tools ? '  tools' : '  no tools', ...rates.map((rate) => shown(rate, 0)))
}

console.log('')
print('1,000 streams of 40 events, 50 ms apart', 'resident MB', '  slow/fast')
for (const tools of [undefined, false, true]) {
  // A process of its own each: what the loads above left in the memory is not to be counted.
  const program = tools === undefined ? await startPipe(stub) : await startProxy(stub)
  const body = toBody({ stream: true, tools: tools === true, writes: 40, paceMs: 50 })
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, program.resident())), 50)
  const times = await Promise.all(Array.from({ length: 1000 }, async () => (await send(program, body)).total))
  clearInterval(watch)
  const limits = tools === undefined ? '' : ' (at most 300 MB, 3 times)'
  print(
    `  ${program.name}${tools ? ', tools' : ''}`,
    shown(peak, 0),
    shown(Math.max(...times) / Math.min(...times), 2),
    limits,
  )
  await program.stop()
}
await Promise.all([...programs, stub].map((program) => program.stop()))
process.exit(0)
