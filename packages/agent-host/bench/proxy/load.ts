import { request, Agent } from 'undici'
import type { Program } from './programs.ts'

const dispatcher = new Agent({ headersTimeout: 120_000, bodyTimeout: 120_000 })

const tools = ['get_weather', 'search_web', 'read_file'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: 'Finds out what was asked for, and gives it back as text.',
    parameters: {
      type: 'object',
      properties: { query: { type: 'string' }, limit: { type: 'integer' } },
      required: ['query'],
    },
  },
}))

/** What a request asks of the stub. */
export interface Ask {
  tools: boolean
  stream: boolean
  writes?: number
  burst?: number
  paceMs?: number
}

export function toBody({ tools: withTools, stream, writes, burst, paceMs }: Ask): string {
  const messages = [
    { role: 'system', content: 'You are a helpful assistant. '.repeat(8) },
    { role: 'user', content: 'What does the quick brown fox do while it rains?' },
  ]
  const pace = { ...(stream && { stream, writes, burst, pace_ms: paceMs }) }
  return JSON.stringify({ model: 'bench', messages, temperature: 0.7, ...(withTools && { tools }), ...pace })
}

export interface Timing {
  /** From the request to the first byte of the body, in milliseconds. */
  first: number
  /** From the request to the end. */
  total: number
  bytes: number
}

/** One request, read to its end. */
export async function send({ url, headers }: Program, body: string): Promise<Timing> {
  const started = performance.now()
  const response = await request(`${url}/v1/chat/completions`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  let first = 0
  let bytes = 0
  for await (const piece of response.body) {
    if (first === 0) first = performance.now() - started
    bytes += (piece as Buffer).length
  }
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
  return { first, total: performance.now() - started, bytes }
}

/** So many clients, one request after another each, until `count` were made. Gives requests a second. */
export async function sendMany(program: Program, body: string, clients: number, count: number): Promise<number> {
  let left = count
  const started = performance.now()
  const client = async (): Promise<void> => {
    while (left-- > 0) await send(program, body)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return (count * 1000) / (performance.now() - started)
}

/** So many clients that make a request each every `everyMs`, or as fast as they are answered where that is slower. */
export async function sendPaced(
  program: Program,
  body: string,
  { clients, count, everyMs }: { clients: number; count: number; everyMs: number },
): Promise<void> {
  const client = async (number: number): Promise<void> => {
    const started = performance.now() + (number * everyMs) / clients
    for (let at = 0; at < count / clients; at++) {
      const wait = started + at * everyMs - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      await send(program, body)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
}
