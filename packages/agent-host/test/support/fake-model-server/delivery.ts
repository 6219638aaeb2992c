import { once } from 'node:events'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { toErrorBody } from './error-body.ts'
import type { Exchange } from './exchange.ts'
import type { Delivery, StreamFault } from './reply.ts'

/** Sends JSON, or text where the body is a string. */
export async function sendBody(
  exchange: Exchange,
  status: number,
  body: unknown,
  options: { headers?: Record<string, string>; bytesPerWrite?: number | undefined } = {},
): Promise<void> {
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json'
  exchange.response.writeHead(status, { 'content-type': type, ...options.headers })
  await writeBytes(exchange, Buffer.from(isText ? body : JSON.stringify(body)), options.bytesPerWrite)
  exchange.response.end()
}

/** Sends chunks as server-sent events, with the faults that the delivery asks for. */
export async function sendEvents(exchange: Exchange, chunks: readonly unknown[], delivery: Delivery): Promise<void> {
  const { response, signal } = exchange
  const { fault, paceMs = 0, bytesPerWrite } = delivery
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
  const send = (data: string) => writeBytes(exchange, Buffer.from(toEvent(data, delivery)), bytesPerWrite)
  // One position more than there are chunks, for a fault after the last.
  for (let at = 0; at <= chunks.length && !signal.aborted; at++) {
    if (fault?.after === at && !(await commit(fault, exchange, send))) return
    if (at === chunks.length) break
    await send(delivery.multiLine === true ? JSON.stringify(chunks[at], undefined, 1) : JSON.stringify(chunks[at]))
    if (paceMs > 0) await setTimeout(paceMs)
  }
  if (delivery.done !== false) await send('[DONE]')
  response.end()
}

/** Does what the fault says; false where the stream is over with it. */
async function commit(fault: StreamFault, exchange: Exchange, send: (data: string) => Promise<void>): Promise<boolean> {
  switch (fault.kind) {
    case 'stall':
      await stall(exchange, fault.until)
      return true
    case 'drop':
      await drop(exchange)
      return false
    case 'end':
      exchange.response.end()
      return false
    case 'bad-json':
      await send(fault.data ?? '{"id":"chatcmpl-fake","choices":[{"index":0,"delta":{"cont')
      return true
    case 'error': {
      const message = fault.message ?? 'EngineCore encountered an issue. See stack trace (above) for the root cause.'
      await send(JSON.stringify(fault.body ?? toErrorBody('vllm', 500, message)))
      await send('[DONE]')
      exchange.response.end()
      return false
    }
    default:
      throw new Error(`no fault ${JSON.stringify(fault satisfies never)}`)
  }
}

/** Silence until the exchange is over or `until` resolves. */
export async function stall({ request }: Exchange, until?: Promise<unknown>): Promise<void> {
  await Promise.race(until ? [request.closed, until] : [request.closed])
}

/** Destroys the socket once what was written has left it: Node sends a response's writes on the next tick. */
export async function drop({ response }: Exchange): Promise<void> {
  await setImmediate()
  response.destroy()
}

/** Writes bytes in pieces, each in its own turn of the event loop so that they do not travel as one. */
export async function writeBytes({ response, signal }: Exchange, bytes: Buffer, size?: number): Promise<void> {
  const step = size ?? Math.max(bytes.length, 1)
  for (let at = 0; at < bytes.length && !signal.aborted; at += step) {
    if (!response.write(bytes.subarray(at, at + step))) await drained(response, signal)
    if (size !== undefined) await setImmediate()
  }
}

async function drained(response: Exchange['response'], signal: AbortSignal): Promise<void> {
  try {
    await once(response, 'drain', { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function toEvent(data: string, { lineEnd = '\n', heartbeat = false }: Delivery): string {
  const comment = heartbeat ? [': ping', ''] : []
  return [...comment, ...data.split('\n').map((line) => `data: ${line}`), '', ''].join(lineEnd)
}
