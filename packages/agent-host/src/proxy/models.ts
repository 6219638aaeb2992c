import { rungs, type Capabilities } from '../backend/capabilities.ts'
import type { ModelServer } from '../backend/model-server.ts'
import { type RawAnswer, readBytes } from '../backend/raw-exchange.ts'
import { HostError } from '../core/errors.ts'
import { toClientHeaders } from './answer-headers.ts'
import type { Outlet } from './outlet.ts'
import { sendRefusal } from './pass-through.ts'
import type { ClientRequest } from './service.ts'
import { isObject, objectsIn, parseJson } from './wire.ts'

export interface ModelsContext {
  server: ModelServer
  capabilitiesOf: (model: string) => Capabilities
}

/** The server's list of models, each with what was learned of it. */
export async function answerModels(request: ClientRequest, outlet: Outlet, context: ModelsContext): Promise<void> {
  const answer = await context.server.exchange(request, outlet.gone)
  if (answer.status >= 400) return sendRefusal(answer, await context.server.readRefusal(answer), outlet)
  const list = parseJson((await readBytes(answer)).toString('utf8'))
  if (!isObject(list)) throw notAList(context.server.url)
  send(answer, { ...list, data: objectsIn(list.data).map((model) => describe(model, context)) }, outlet)
}

/** One model; from the list where the server has no route for one. */
export async function answerModel(
  id: string,
  request: ClientRequest,
  outlet: Outlet,
  context: ModelsContext,
): Promise<void> {
  const { server } = context
  const one = await server.exchange({ ...request, path: `/models/${encodeURIComponent(id)}` }, outlet.gone)
  if (one.status < 400) {
    const model = parseJson((await readBytes(one)).toString('utf8'))
    if (isObject(model) && typeof model.id === 'string') return send(one, describe(model, context), outlet)
  } else if (one.status !== 404 && one.status !== 405) {
    return sendRefusal(one, await server.readRefusal(one), outlet)
  } else one.cancel()
  const answer = await server.exchange({ ...request, path: '/models' }, outlet.gone)
  if (answer.status >= 400) return sendRefusal(answer, await server.readRefusal(answer), outlet)
  const list = parseJson((await readBytes(answer)).toString('utf8'))
  const found = objectsIn(isObject(list) ? list.data : undefined).find((model) => model.id === id)
  if (!found) throw new HostError('not_found', `The model server ${server.url} has no model "${id}".`)
  send(answer, describe(found, context), outlet)
}

function notAList(url: string): HostError {
  return new HostError('model_failed', `${url}/models is not a list of models; is this a model server?`)
}

/** Adds the rung that requests begin with, and the evidence for each: whether the model sees tools that are offered so. */
function describe(model: Record<string, unknown>, { capabilitiesOf }: ModelsContext): Record<string, unknown> {
  const capabilities = capabilitiesOf(String(model.id))
  const evidence = Object.fromEntries(rungs.map((rung) => [rung, capabilities.sees(rung) ?? null]))
  return { ...model, agent_host: { rung: capabilities.rung(), evidence, avoids: [...capabilities.avoided] } }
}

function send(answer: RawAnswer, body: object, outlet: Outlet): void {
  outlet.start(200, { ...toClientHeaders(answer.headers, true), 'content-type': 'application/json' })
  outlet.end(JSON.stringify(body))
}
