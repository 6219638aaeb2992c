import { Agent, request } from 'undici'
import { startFolder } from '../../test/support/store-kinds.ts'
import { startService } from '../agent/service.ts'
import { inTurns, toCompared } from '../proxy/compare.ts'
import { type Program, startStub } from '../proxy/programs.ts'

const quick = process.env.BENCH_QUICK === '1'
const dispatcher = new Agent({ headersTimeout: 120_000, bodyTimeout: 120_000 })

/** Streams at once. */
const streams = 16
/** Upstream events in each: the model server writes them as fast as they are read. */
const events = quick ? 500 : 2000
const pairs = quick ? 2 : 5
/** Loads of each kind before anything is measured: the code is slow until it was compiled. */
const warmUps = quick ? 1 : 3

interface Kind {
  name: string
  tools: boolean
  /** Whether the model makes a call instead of answering with text. */
  calls: boolean
}

const kinds: readonly Kind[] = [
  { name: 'text, no tools', tools: false, calls: false },
  { name: 'text, tools', tools: true, calls: false },
  { name: 'a call, tools', tools: true, calls: true },
]

/** Where Responses are kept, if they are. */
const places = [
  { name: 'not stored', start: startMemory, stored: false },
  { name: 'stored in memory', start: startMemory, stored: true },
  { name: 'stored in the folder', start: startFolder, stored: true },
]

async function startMemory() {
  return { env: { DATA_DIR: ':memory:' }, [Symbol.asyncDispose]: async () => {} }
}

/** Responses against our own chat completions on the same unpaced stream, a service on one core for each. */
export async function measureStreams(): Promise<void> {
  console.log(`\n${streams} streams at once, ${events} upstream events each, median of ${pairs} pairs`)
  const columns = ['/s responses', '/s chat', 'ratio', 'CPU µs', 'CPU µs chat', 'ratio']
  console.log(`${''.padEnd(36)}${columns.map((column) => column.padStart(14)).join('')}`)
  const model = await startStub()
  try {
    const chat = await startService(model, { DATA_DIR: ':memory:' }, '0')
    for (const { name, start, stored } of places) {
      await using store = await start()
      const responses = await startService(model, store.env, '0')
      for (const kind of kinds) await warmUp(responses, chat, kind, stored)
      for (const kind of kinds) await compare(`${kind.name}, ${name}`, responses, chat, kind, stored)
      await responses.stop()
    }
    await chat.stop()
  } finally {
    await model.stop()
  }
}

interface Cost {
  perSecond: number
  /** Microseconds of CPU time for an upstream event. */
  cpu: number
}

async function load(program: Program, askOnce: () => Promise<void>): Promise<Cost> {
  const cpu = program.cpu()
  const started = performance.now()
  await Promise.all(Array.from({ length: streams }, askOnce))
  const count = streams * events
  return {
    perSecond: (count * 1000) / (performance.now() - started),
    cpu: ((program.cpu() - cpu) * 1000) / count,
  }
}

async function warmUp(responses: Program, chat: Program, kind: Kind, store: boolean): Promise<void> {
  for (let i = 0; i < warmUps; i++) {
    await load(responses, () => askResponse(responses, kind, store))
    await load(chat, () => askChat(chat, kind))
  }
}

async function compare(name: string, responses: Program, chat: Program, kind: Kind, store: boolean): Promise<void> {
  const measure = (program: Program): Promise<Cost> =>
    load(program, () => (program === responses ? askResponse(program, kind, store) : askChat(program, kind)))
  const { ones, others } = await inTurns(responses, chat, pairs, measure)
  const rate = toCompared({
    ones: ones.map(({ perSecond }) => perSecond),
    others: others.map(({ perSecond }) => perSecond),
  })
  const cpu = toCompared({ ones: ones.map((cost) => cost.cpu), others: others.map((cost) => cost.cpu) })
  const shown = [
    rate.one.toFixed(0),
    rate.other.toFixed(0),
    rate.ratio.toFixed(2),
    cpu.one.toFixed(1),
    cpu.other.toFixed(1),
    cpu.ratio.toFixed(2),
  ]
  console.log(`${name.padEnd(36)}${shown.map((column) => column.padStart(14)).join('')}`)
}

const names = ['get_weather', 'search_web', 'read_file']
const described = {
  description: 'Finds out what was asked for, and gives it back as text.',
  parameters: {
    type: 'object',
    properties: { query: { type: 'string' }, limit: { type: 'integer' } },
    required: ['query'],
  },
}
const instructions = 'You are a helpful assistant. '.repeat(8)
const question = 'What does the quick brown fox do while it rains?'

async function askResponse(program: Program, { tools, calls }: Kind, store: boolean): Promise<void> {
  const offered = tools && { tools: names.map((name) => ({ type: 'function', name, ...described })) }
  const asked = { model: 'bench', instructions, input: question, store, stream: true, ...offered }
  await ask(program, '/v1/responses', { ...asked, writes: events, calls }, 'event: response.completed')
}

async function askChat(program: Program, { tools, calls }: Kind): Promise<void> {
  const offered = tools && { tools: names.map((name) => ({ type: 'function', function: { name, ...described } })) }
  const messages = [
    { role: 'system', content: instructions },
    { role: 'user', content: question },
  ]
  const asked = { model: 'bench', messages, stream: true, ...offered }
  await ask(program, '/v1/chat/completions', { ...asked, writes: events, calls }, 'data: [DONE]')
}

/** One stream read to its end, which has these words in it. */
async function ask({ url }: Program, path: string, asked: object, end: string): Promise<void> {
  const { statusCode, body } = await request(`${url}${path}`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  })
  let last: Buffer[] = []
  for await (const piece of body) last = [...last.slice(-8), piece as Buffer]
  if (statusCode === 200 && Buffer.concat(last).includes(end)) return
  throw new Error(`${path} answered ${statusCode}: ${Buffer.concat(last).toString().slice(0, 300)}`)
}
