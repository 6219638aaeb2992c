import type { Capabilities } from '../backend/capabilities.ts'
import type { ChatUsage } from '../backend/chat-chunk.ts'
import type { Medium } from '../backend/model-media.ts'
import { ModelRefusal } from '../backend/model-refusal.ts'
import type { ChatRequest, ModelServer } from '../backend/model-server.ts'
import { createTurnReader } from '../backend/turn-reader.ts'
import type { AgentEvent, Rung } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import type { Message, Part } from '../core/message.ts'
import { toolsLengthenPrompt } from './evidence.ts'
import { moveAfter } from './ladder.ts'
import { refusedMedium } from './refusal-cause.ts'
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
 * most once for each thing that can be left out and each rung; a rung that is known not to reach the model is passed over.
 */
export async function* runModelStep(
  messages: readonly Message[],
  options: ModelStepOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, Turn> {
  const { capabilities } = options
  let rung = options.taught ? 'prompt' : capabilities.rung()
  while (true) {
    try {
      const request = buildTurnRequest(messages, rung, options)
      const firstCallIndex = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === 'tool-call').length
      const turn = yield* streamTurn(request, firstCallIndex, options, signal)
      if (!options.taught) await learn(rung, turn, request.body, options, signal)
      return turn
    } catch (error) {
      const next = afterRefusal(error, rung, messages, options)
      if (next === undefined) throw error
      if (next !== rung && error instanceof ModelRefusal) {
        options.log.warn({ from: rung, to: next, words: error.words }, 'the model server refused the tools')
        yield { type: 'rung-change', from: rung, to: next, why: error.message }
      }
      rung = next
    }
  }
}

/** The rung to try next, or `undefined` where the refusal is final. */
function afterRefusal(
  error: unknown,
  rung: Rung,
  messages: readonly Message[],
  { capabilities, tools, toolChoice = 'auto', log }: ModelStepOptions,
): Rung | undefined {
  if (!(error instanceof ModelRefusal)) return undefined
  const medium = refusedMedium(error.words)
  if (medium && messages.some((message) => holds(message.parts, medium))) {
    capabilities.learnRefusal(medium)
  }
  const request = {
    hasToolMessages: messages.some(({ role }) => role === 'tool'),
    toolsWereTaken: tools.length === 0 || capabilities.sees(rung) === true,
    demandsCall: toolChoice !== 'auto' && toolChoice !== 'none',
  }
  const move = moveAfter(error, rung, request, capabilities)
  if (!move || 'rung' in move) return move?.rung
  capabilities.avoided.add(move.avoid)
  const { words } = error
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
  { body, dialect, tools }: TurnRequest,
  firstCallIndex: number,
  { server }: ModelStepOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, Turn> {
  const newId = (index: number, name: string) => dialect.newCallId?.(index, name) ?? createId('call')
  const parser = dialect.createParser({ tools, firstCallIndex, newId, jsonAnswer: demandsJson(body) })
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

/** Under a `response_format` bare JSON is the answer, and no call. */
function demandsJson({ response_format: format }: ChatRequest): boolean {
  return format != null && format.type !== 'text'
}
