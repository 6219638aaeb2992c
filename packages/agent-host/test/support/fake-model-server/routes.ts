import { toChunks, toCompletion, toTextCompletions, type AnswerContext } from './chat-answer.ts'
import { drop, sendBody, sendEvents, stall, writeBytes } from './delivery.ts'
import { embed, toBase64 } from './embedding.ts'
import { toErrorBody } from './error-body.ts'
import type { Exchange } from './exchange.ts'
import type { FakeModelServerOptions } from './options.ts'
import { findRefusal } from './refusal.ts'
import type { Answer, Failure, RawReply, Reply, Script } from './reply.ts'
import { countPromptTokens, countTokens } from './token-count.ts'

/** Answers one exchange, taking replies from the queue. */
export function createRoutes(options: FakeModelServerOptions, queue: Script[]): (exchange: Exchange) => Promise<void> {
  const { models = ['m'], checksModel = true, apiKey, refuse = {}, errorShape = 'openai' } = options
  let number = 0
  let repeated: { script: Script; left: number } | undefined

  const refuseWith = (exchange: Exchange, status: number, message?: string): Promise<void> =>
    sendBody(exchange, status, toErrorBody(errorShape, status, message))

  async function nextReply(exchange: Exchange): Promise<Reply> {
    const script = repeated?.script ?? queue.shift() ?? options.reply ?? { text: 'Hello.' }
    if (typeof script === 'function') return script(exchange.request)
    const left = (repeated?.left ?? script.times ?? 1) - 1
    repeated = left > 0 ? { script, left } : undefined
    return script
  }

  async function generate(exchange: Exchange, endpoint: 'chat' | 'completions'): Promise<void> {
    const { body } = exchange.request
    const refusal = findRefusal(refuse, body)
    if (refusal) return refuseWith(exchange, refusal.status, refusal.message)
    const reply = await nextReply(exchange)
    if (!isAnswer(reply)) return sendOther(exchange, reply, errorShape)
    const context: AnswerContext = {
      body,
      number: ++number,
      promptTokens: countPromptTokens(body, options.rendersTools ?? 'tools', options.rendersToolsUnderNone ?? true),
      reasoningField: options.reasoningField ?? 'reasoning_content',
    }
    await sendAnswer(exchange, reply, context, endpoint)
  }

  return async (exchange) => {
    const { path, method, headers, body } = exchange.request
    const fixed = options.routes?.[path]
    if (fixed) return sendOther(exchange, fixed, errorShape)
    if (path === '/health') return sendBody(exchange, 200, '')
    if (path === '/version') return sendBody(exchange, 200, { version: '0.0.0-fake' })
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) return refuseWith(exchange, 401)
    const route = `${method} ${path}`
    if (route === 'GET /v1/models') {
      return sendBody(exchange, 200, { object: 'list', data: models.map((id) => toModel(id, options)) })
    }
    const asked = method === 'GET' && path.startsWith('/v1/models/') ? decodeURIComponent(path.slice(11)) : body.model
    if (checksModel && !models.includes(asked ?? '')) {
      return refuseWith(exchange, 404, `The model \`${asked}\` does not exist.`)
    }
    if (method === 'GET' && path.startsWith('/v1/models/'))
      return sendBody(exchange, 200, toModel(asked ?? '', options))
    if (route === 'POST /v1/chat/completions') return generate(exchange, 'chat')
    if (route === 'POST /v1/completions') return generate(exchange, 'completions')
    if (route === 'POST /v1/embeddings') return sendBody(exchange, 200, toEmbeddings(exchange, options))
    return refuseWith(exchange, 404)
  }
}

function isAnswer(reply: Reply): reply is Answer {
  return !('status' in reply || 'raw' in reply || 'noReply' in reply)
}

async function sendAnswer(
  exchange: Exchange,
  answer: Answer,
  context: AnswerContext,
  endpoint: 'chat' | 'completions',
): Promise<void> {
  if (context.body.stream === true && answer.neverStreams !== true) {
    const chunks = endpoint === 'chat' ? toChunks(answer, context) : toTextCompletions(answer, context)
    return sendEvents(exchange, chunks, answer)
  }
  const [text] = endpoint === 'chat' ? [toCompletion(answer, context)] : toTextCompletions(answer, context)
  return sendBody(exchange, 200, text, { bytesPerWrite: answer.bytesPerWrite })
}

async function sendOther(
  exchange: Exchange,
  reply: Reply,
  errorShape: FakeModelServerOptions['errorShape'] = 'openai',
): Promise<void> {
  if ('noReply' in reply) {
    if (reply.noReply === 'stall') return stall(exchange)
    await drop(exchange)
  } else if ('raw' in reply) {
    await sendRaw(exchange, reply)
  } else if ('status' in reply) {
    await sendBody(exchange, reply.status, reply.body ?? toErrorBody(errorShape, reply.status, reply.message), {
      headers: failureHeaders(reply),
    })
  } else {
    throw new TypeError('an answer of a model is for chat and text completions only')
  }
}

function failureHeaders({ headers, retryAfter }: Failure): Record<string, string> {
  return { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }), ...headers }
}

async function sendRaw(exchange: Exchange, reply: RawReply): Promise<void> {
  const { response } = exchange
  response.writeHead(reply.status ?? 200, { 'content-type': 'text/event-stream', ...reply.headers })
  response.flushHeaders()
  await writeBytes(exchange, Buffer.from(reply.raw), reply.bytesPerWrite)
  if (reply.then === 'stall') await stall(exchange)
  else if (reply.then === 'drop') await drop(exchange)
  else response.end()
}

function toModel(id: string, { modelList = 'vllm', contextLength = 32_768 }: FakeModelServerOptions): unknown {
  const bare = { id, object: 'model', created: 1_750_000_000, owned_by: modelList === 'vllm' ? 'vllm' : 'library' }
  return modelList === 'vllm' ? { ...bare, root: id, parent: null, max_model_len: contextLength } : bare
}

function toEmbeddings({ request: { body } }: Exchange, { dimensions = 8 }: FakeModelServerOptions): unknown {
  const texts = (Array.isArray(body.input) ? body.input : [body.input]).map(String)
  const tokens = countTokens(texts.join(''))
  return {
    object: 'list',
    model: body.model,
    data: texts.map((text, index) => {
      const vector = embed(text, dimensions)
      return { object: 'embedding', index, embedding: body.encoding_format === 'base64' ? toBase64(vector) : vector }
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}
