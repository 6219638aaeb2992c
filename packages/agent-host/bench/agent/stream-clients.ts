// So many clients of POST /api/v1/chat/stream, who come one after another in a second and read to the end:
// node stream-clients.ts URL CLIENTS TOKENS. Prints a line of JSON for each.
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'

/** What one client saw, in milliseconds. */
export interface StreamTiming {
  /** From the request to the first token. */
  first: number
  /** From the first token to the last. */
  span: number
  /** Longest silence between two tokens. */
  gap: number
  tokens: number
}

const [url = '', clients = '', tokens = ''] = process.argv.slice(2)
const dispatcher = new Agent({ headersTimeout: 300_000, bodyTimeout: 300_000 })
const mark = '"type":"text-delta"'

async function readStream(number: number): Promise<StreamTiming> {
  await wait((number * 1000) / Number(clients))
  const started = performance.now()
  const { statusCode, body } = await request(`${url}/api/v1/chat/stream`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Tell me of the fox.' }),
  })
  const times: number[] = []
  let rest = ''
  for await (const piece of body) {
    const text = rest + String(piece)
    const now = performance.now()
    let end = 0
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, end)) {
      end = at + mark.length
      times.push(now)
    }
    rest = text.slice(Math.max(end, text.length - mark.length))
  }
  if (statusCode !== 200 || times.length !== Number(tokens)) {
    throw new Error(`${statusCode}, ${times.length} of ${tokens} tokens: ${rest}`)
  }
  const [first = 0] = times
  const gap = times.reduce((longest, time, i) => Math.max(longest, time - (times[i - 1] ?? time)), 0)
  return { first: first - started, span: (times.at(-1) ?? 0) - first, gap, tokens: times.length }
}

const seen = await Promise.all(Array.from({ length: Number(clients) }, (_, number) => readStream(number)))
for (const timing of seen) console.log(JSON.stringify(timing))
process.exit(0)
