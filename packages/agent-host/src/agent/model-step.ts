import type { Avoided, Capabilities } from '../backend/capabilities.ts'
import type { ChatUsage } from '../backend/chat-chunk.ts'
import type { Medium } from '../backend/model-media.ts'
import { ModelRefusal } from '../backend/model-refusal.ts'
import type { ChatRequest, ModelServer } from '../backend/model-server.ts'
import { createTurnReader } from '../backend/turn-reader.ts'
import type { AgentEvent, Rung } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import type { Message, Part } from '../core/message.ts'
import { toAnswerFormat } from './answer-format.ts'
import { toolsLengthenPrompt } from './evidence.ts'
import { jsonRetries, noJson } from './json-answer.ts'
import { type JsonTurn, readJsonTurn } from './json-turn.ts'
import { moveAfter } from './ladder.ts'
import { refusedMedium, tellsOfOneSchema } from './refusal-cause.ts'
import { createTurnCollector, type Turn } from './turn.ts'
import { buildTurnRequest, type TurnRequest, type TurnRequestOptions } from './turn-request.ts'

export interface ModelStepOptions extends TurnRequestOptions {
  server: ModelServer
  /** What this server and model have shown of themselves; learned from here on. */
  capabilities: Capabilities
  log: Logger
}

/**
 * One model turn on the capability ladder. A refused request is sent again with what the server refused left out: at
 * most once for each thing that can be left out and each rung; a rung that is known not to reach the model is passed
 * over. So is one whose answer is not the JSON that was demanded, before any of its text was given.
 */
export async function* runModelStep(
  messages: readonly Message[],
  options: ModelStepOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, Turn> {
  const { capabilities } = options
  // Of a refusal of one schema nothing follows for the next turn.
  const own = { ...capabilities, avoided: new Set(capabilities.avoided) }
  let rung = options.taught ? 'prompt' : capabilities.rung()
  for (let tries = 0; ;) {
    try {
      const request = buildTurnRequest(messages, rung, { ...options, capabilities: own })
      const firstCallIndex = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === 'tool-call').length
      const { turn, problem } = yield* readTurn(request, firstCallIndex, options, signal)
      if (!options.taught) await learn(rung, turn, request.body, options, signal)
      if (problem === undefined) return turn
      if (request.teachesFormat && tries++ >= jsonRetries) throw noJson(problem)
      if (request.format) avoid(request.format.type, own, capabilities)
      options.log.warn({ problem }, 'the model did not answer with the JSON that was demanded; it is asked again')
    } catch (error) {
      const next = afterRefusal(error, rung, messages, own, options)
      if (next === undefined) throw error
      if (next !== rung && error instanceof ModelRefusal) {
        options.log.warn({ from: rung, to: next, words: error.words }, 'the model server refused the tools')
        yield { type: 'rung-change', from: rung, to: next, why: error.message }
      }
      rung = next
    }
  }
}

/** One turn, with what is wrong with its answer where that has to be asked for again. */
async function* readTurn(
  request: TurnRequest,
  firstCallIndex: number,
  options: ModelStepOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, JsonTurn> {
  const { format, teachesFormat } = request
  const events = streamTurn(request, firstCallIndex, options, signal)
  if (!format) return { turn: yield* events }
  const { kept } = options.capabilities
  const isHeld = teachesFormat || !kept.has(format.type)
  const { turn, problem } = yield* readJsonTurn(events, format, isHeld)
  if (teachesFormat) return { turn, ...(problem !== undefined && { problem }) }
  if (problem === undefined) {
    if (turn.calls.length === 0 && turn.reason === 'stop') kept.add(format.type)
    return { turn }
  }
  kept.delete(format.type)
  // What was given cannot be taken back; the next answer is held again.
  return isHeld ? { turn, problem } : { turn }
}

/** From here on without this, as the server refuses it, or took it and did nothing with it. */
function avoid(what: Avoided, own: Capabilities, capabilities: Capabilities): void {
  own.avoided.add(what)
  capabilities.avoided.add(what)
}

/** The rung to try next, or `undefined` where the refusal is final. */
function afterRefusal(
  error: unknown,
  rung: Rung,
  messages: readonly Message[],
  own: Capabilities,
  { capabilities, tools, toolChoice = 'auto', parameters, log }: ModelStepOptions,
): Rung | undefined {
  if (!(error instanceof ModelRefusal)) return undefined
  const { words } = error
  const medium = refusedMedium(words)
  if (medium && messages.some((message) => holds(message.parts, medium))) {
    capabilities.learnRefusal(medium)
  }
  const format = toAnswerFormat(parameters?.response_format)
  const move = moveAfter(
    error,
    rung,
    {
      hasToolMessages: messages.some(({ role }) => role === 'tool'),
      toolsWereTaken: tools.length === 0 || capabilities.sees(rung) === true,
      demandsCall: toolChoice !== 'auto' && toolChoice !== 'none',
      responseFormat: format && !own.avoided.has(format.type) ? format.type : undefined,
    },
    own,
  )
  if (!move || 'rung' in move) return move?.rung
  if (move.avoid === 'json-schema' && tellsOfOneSchema(words)) own.avoided.add(move.avoid)
  else avoid(move.avoid, own, capabilities)
  log.warn({ cause: move.avoid, words }, 'the model server refused a part of the request; it is left out from here on')
  return rung
}

function holds(parts: readonly Part[], medium: Medium): boolean {
  return parts.some((part) => part.type === medium || (part.type === 'tool-result' && holds(part.parts, medium)))
}

/** Remembers on evidence only, as a server that ignores a field answers 200 all the same. */
async function learn(
  rung: Rung,
  turn: Turn,
  request: ChatRequest,
  { capabilities, tools, server, log }: ModelStepOptions,
  signal: AbortSignal,
): Promise<void> {
  if (tools.length === 0) return
  if (turn.calls.length > 0) {
    capabilities.learn(rung, true)
    return
  }
  if (rung !== 'functions' || capabilities.sees(rung) !== undefined) return
  const longer = await toolsLengthenPrompt(server, request, turn.usage, signal)
  if (longer === undefined) return
  capabilities.learn(rung, longer)
  if (!longer) log.warn({ rung }, 'the model server takes the tools but does not show them to the model')
}

async function* streamTurn(
  { body, dialect, tools, format }: TurnRequest,
  firstCallIndex: number,
  { server }: ModelStepOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, Turn> {
  const newId = (index: number, name: string) => dialect.newCallId?.(index, name) ?? createId('call')
  // Under a format bare JSON is the answer, and no call.
  const parser = dialect.createParser({ tools, firstCallIndex, newId, jsonAnswer: format !== undefined })
  const reader = createTurnReader({ parser, newId: () => createId('call') })
  const collector = createTurnCollector()
  let usage: ChatUsage | undefined
  try {
    for await (const chunk of server.chat(body, signal)) {
      usage = chunk.usage ?? usage
      const [choice] = chunk.choices
      if (!choice) continue
      for (const event of reader.push(choice)) {
        collector.add(event)
        yield event
      }
      if (reader.done) break
    }
  } catch (error) {
    yield* reader.rest()
    throw error
  }
  for (const event of reader.end(usage)) {
    collector.add(event)
    yield event
  }
  return collector.turn()
}
