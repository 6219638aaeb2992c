import { jsonRetries, noJson } from '../agent/json-answer.ts'
import type { Capabilities } from '../backend/capabilities.ts'
import type { ModelServer } from '../backend/model-server.ts'
import { HostError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import { type Attempt, createAttempt } from './attempt.ts'
import { type ChatDemand, readChatDemand } from './chat-demand.ts'
import { type ChoiceEditor, createChoiceEditor } from './choice-editor.ts'
import { deliver, type Shortfall } from './delivery.ts'
import type { ModelDialects } from './model-dialects.ts'
import type { Outlet } from './outlet.ts'
import { sendRefusal } from './pass-through.ts'
import type { ClientRequest } from './service.ts'
import { toUpstreamRequest, type UpstreamRequest } from './upstream-request.ts'
import { countCalls } from './wire-instruction.ts'

export interface ChatContext {
  server: ModelServer
  capabilitiesOf: (model: string) => Capabilities
  dialects: ModelDialects
  /** Models that were asked whether they see `functions`, so that none is asked twice in vain. */
  probed: WeakSet<Capabilities>
  log: Logger
}

/**
 * Answers a chat completion. A refused request is sent again with what the server refused left out or said in words; so
 * is one whose answer is not what `tool_choice` or `response_format` demands, before anything of it has left.
 *
 * @throws HostError before the answer has begun; later failures are told in it.
 */
export async function answerChat(request: ClientRequest, outlet: Outlet, context: ChatContext): Promise<void> {
  const { server, log } = context
  const demand = readChatDemand(toBytes(request.body))
  const capabilities = context.capabilitiesOf(demand.model)
  const attempt = createAttempt(demand, capabilities, log)
  for (let tries = 0; ;) {
    if (attempt.rung === 'functions') await attempt.checkFunctions(context, outlet.signal())
    const sent = toUpstreamRequest(demand, attempt)
    const answer = await server.exchange({ ...request, body: sent.body }, outlet)
    if (answer.status >= 400) {
      const refused = await server.readRefusal(answer)
      if (attempt.refused(refused.refusal, sent)) continue
      sendRefusal(answer, refused, outlet)
      return
    }
    attempt.accepted()
    const createEditor = (whole: boolean) => createEditorFor(demand, sent, context, whole)
    const { calls, shortfall } = await deliver(answer, { demand, sent, outlet, createEditor, redact: server.redact })
    if (calls > 0) capabilities.learn(attempt.rung, true)
    if (!shortfall) return
    if (!asksAgain(shortfall, sent, attempt, demand) && tries++ >= jsonRetries) throw failureOf(shortfall, demand)
    log.warn({ shortfall }, 'the model did not answer as demanded; it is asked again')
  }
}

/** True where the server may have ignored a field, so that what it demands is said in words from here on. */
function asksAgain({ kind }: Shortfall, sent: UpstreamRequest, attempt: Attempt, { format }: ChatDemand): boolean {
  if (kind === 'no-call') {
    if (sent.teachesChoice) return false
    attempt.avoid('tool-choice')
    return true
  }
  if (sent.teachesFormat || !format) return false
  attempt.avoid(format.type)
  return true
}

function failureOf({ kind, problem }: Shortfall, { choice }: ChatDemand): HostError {
  if (kind === 'no-json') return noJson(problem)
  const what = typeof choice === 'object' ? `a call of ${choice.name}` : 'a call'
  const message = `The model did not make ${what}, which tool_choice demands, though it was told to twice.`
  return new HostError('model_failed', message, { details: { param: 'tool_choice' } })
}

function createEditorFor(
  demand: ChatDemand,
  { taught, tools }: UpstreamRequest,
  context: ChatContext,
  whole: boolean,
): ChoiceEditor {
  const dialect = taught ?? context.dialects.of(demand.model)
  const parser = dialect.createParser({
    tools,
    firstCallIndex: countCalls(demand.messages),
    jsonAnswer: demand.format !== undefined,
    newId: (index, name) => dialect.newCallId?.(index, name) ?? newCallId(),
  })
  return createChoiceEditor({ parser, oldClient: demand.oldClient, whole, newId: newCallId })
}

function newCallId(): string {
  return createId('call')
}

function toBytes(body: ClientRequest['body']): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0))
}
