import { rungs, type Capabilities } from '../backend/capabilities.ts'
import type { ModelServer } from '../backend/model-server.ts'
import { type RawAnswer, readBytes } from '../backend/raw-exchange.ts'
import { HostError } from '../core/errors.ts'
import { agentModelOf, describeAgent } from './agent-models.ts'
import { toClientHeaders } from './answer-headers.ts'
import type { Outlet } from './outlet.ts'
import { sendRefusal } from './pass-through.ts'
import type { ClientRequest } from './service.ts'
import { isObject, objectsIn, parseJson } from './wire.ts'

export interface ModelsContext {
  server: ModelServer
  capabilitiesOf: (model: string) => Capabilities
  /** Whether the agent is listed, too: by itself and with each of the models. */
  agent: boolean
}

/** The server's list of models, each with what was learned of it. */
export async function answerModels(request: ClientRequest, outlet: Outlet, context: ModelsContext): Promise<void> {
  const answer = await context.server.exchange(request, outlet)
  if (answer.status >= 400) return sendRefusal(answer, await context.server.readRefusal(answer), outlet)
  const { list, models } = await readList(answer, context)
  // After the models themselves, as some clients take the first.
  const agents = context.agent ? [describeAgent(), ...models.map((model) => describeAgent(model))] : []
  send(answer, { ...list, data: [...models.map((model) => describe(model, context)), ...agents] }, outlet)
}

/** One model; from the list where the server has no route for one. */
export async function answerModel(
  name: string,
  request: ClientRequest,
  outlet: Outlet,
  context: ModelsContext,
): Promise<void> {
  const agent = context.agent ? agentModelOf(name) : undefined
  if (agent && agent.model === undefined) {
    outlet.start(200, { 'content-type': 'application/json' })
    return outlet.end(JSON.stringify(describeAgent()))
  }
  const id = agent?.model ?? name
  const { server } = context
  let answer = await server.exchange({ ...request, path: `/models/${encodeURIComponent(id)}` }, outlet)
  let model: unknown
  if (answer.status === 404 || answer.status === 405) {
    answer.cancel()
    answer = await server.exchange({ ...request, path: '/models' }, outlet)
    if (answer.status < 400) model = (await readList(answer, context)).models.find((other) => other.id === id)
  } else if (answer.status < 400) {
    model = parseJson((await readBytes(answer)).toString('utf8'))
  }
  if (answer.status >= 400) return sendRefusal(answer, await server.readRefusal(answer), outlet)
  if (!isObject(model)) throw new HostError('not_found', `The model server ${server.url} has no model "${id}".`)
  send(answer, agent ? describeAgent(model) : describe(model, context), outlet)
}

async function readList(
  answer: RawAnswer,
  { server }: ModelsContext,
): Promise<{ list: Record<string, unknown>; models: Record<string, unknown>[] }> {
  const list = parseJson((await readBytes(answer)).toString('utf8'))
  if (!isObject(list)) throw notAList(server.url)
  return { list, models: objectsIn(list.data) }
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
