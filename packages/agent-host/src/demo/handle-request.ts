import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { chatRequest } from './chat-request.ts'
import { takeTurn, toChunks, toCompletion } from './completion.ts'

/** Contains `gpt-oss`, so that a host takes it for what it speaks: Harmony. */
export const demoModelId = 'demo/gpt-oss-scripted'

const longestBody = 20 * 1024 * 1024

/** An answer other than a completion's, decided before anything is sent. */
class Refusal extends Error {
  readonly status: number
  readonly param: string | null

  constructor(status: number, message: string, param: string | null = null) {
    super(message)
    this.status = status
    this.param = param
  }
}

/** Answers one request; it never throws, and a client that leaves ends it. */
export async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-agent-host', 'demo')
  try {
    await route(request, response)
  } catch (error) {
    if (response.headersSent || response.destroyed) return void response.destroy()
    sendError(response, error instanceof Error ? error : new Error(String(error)))
  }
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?')
  const asked = `${request.method} ${path}`
  if (asked === 'GET /health') return sendJson(response, 200, { status: 'ok', demo: true, model: demoModelId })
  if (asked === 'GET /v1/models') return sendJson(response, 200, { object: 'list', data: [model] })
  if (asked.startsWith('GET /v1/models/')) {
    const id = path.slice('/v1/models/'.length)
    checkModel(id === encodeURIComponent(demoModelId) ? demoModelId : id)
    return sendJson(response, 200, model)
  }
  if (asked === 'POST /v1/chat/completions') return complete(await readBody(request), response)
  throw new Refusal(404, `The demo model has no ${asked}; it answers POST /v1/chat/completions.`)
}

const model = {
  id: demoModelId,
  object: 'model',
  created: 1_750_000_000,
  owned_by: 'agent-host demo (scripted, not a model)',
}

function checkModel(id: string): void {
  if (id !== demoModelId)
    throw new Refusal(404, `The model \`${id}\` does not exist; the demo has ${demoModelId}.`, 'model')
}

async function complete(body: unknown, response: ServerResponse): Promise<void> {
  const parsed = chatRequest.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const at = z.core.toDotPath(issue?.path ?? [])
    throw new Refusal(400, `${at === '' ? 'body' : at}: ${issue?.message ?? 'invalid'}`, at === '' ? null : at)
  }
  const request = parsed.data
  checkModel(request.model)
  const turn = takeTurn(request)
  const envelope = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: demoModelId }
  if (request.stream !== true) return sendJson(response, 200, toCompletion(turn, envelope))
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  for (const chunk of toChunks(turn, envelope, request.stream_options?.include_usage === true)) {
    if (response.destroyed) return
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
    // Each piece in its own turn of the event loop, so that they travel one by one as a model's do.
    await setImmediate()
  }
  response.end('data: [DONE]\n\n')
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // What is too long is read to its end all the same, or the client would see a broken connection and no answer.
    if (size <= longestBody) chunks.push(chunk)
  }
  if (size > longestBody) throw new Refusal(413, `The request is longer than ${longestBody} bytes.`)
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new Refusal(400, 'The request body is not JSON.')
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function sendError(response: ServerResponse, error: Error): void {
  const { status, param } = error instanceof Refusal ? error : { status: 500, param: null }
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  sendJson(response, status, { error: { message: error.message, type, param, code: null } })
}
