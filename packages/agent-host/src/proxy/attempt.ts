import { moveAfter } from '../agent/ladder.ts'
import { toolsReachPrompt } from '../agent/evidence.ts'
import { type RefusedRequest, tellsOfOneSchema } from '../agent/refusal-cause.ts'
import type { Avoided, Capabilities } from '../backend/capabilities.ts'
import { ModelRefusal } from '../backend/model-refusal.ts'
import type { ModelServer } from '../backend/model-server.ts'
import { offerTools } from '../backend/offered-tools.ts'
import type { Rung } from '../core/events.ts'
import type { Logger } from '../core/logger.ts'
import type { ChatDemand } from './chat-demand.ts'
import type { RequestForm, UpstreamRequest } from './upstream-request.ts'
import { hasOddForms, hasToolMessages } from './wire-instruction.ts'

/** One request's way down the ladder: how it is asked next, from what the server is known to take. */
export interface Attempt extends RequestForm {
  rung: Rung
  without: Set<Avoided>
  /** Takes a refusal into account. False where it is final. */
  refused(refusal: ModelRefusal, sent: UpstreamRequest): boolean
  /** The server took the request: what it was sent without is remembered. */
  accepted(): void
  /** From here on without this, as the server took it and did nothing with it. */
  avoid(what: Avoided): void
  /** A server that ignores `functions` answers 200 all the same: they are only offered where the prompt grows. */
  checkFunctions(context: { server: ModelServer; probed: WeakSet<Capabilities> }, signal: AbortSignal): Promise<void>
}

export function createAttempt(demand: ChatDemand, capabilities: Capabilities, log: Logger): Attempt {
  const usesTools = demand.tools.length > 0
  /** Remembered once a request without them was taken, as words may mislead. */
  const untried: Avoided[] = []
  const attempt: Attempt = {
    rung: usesTools ? capabilities.rung() : 'tools',
    without: new Set(capabilities.avoided),
    refused(refusal, sent) {
      const { words } = refusal
      const { rung, without } = attempt
      const move = moveAfter(refusal, rung, toRefusedRequest(demand, sent, capabilities.sees(rung) === true), {
        sees: capabilities.sees,
        avoided: without,
      })
      if (!move) return false
      if ('rung' in move) {
        log.warn({ from: rung, to: move.rung, words }, 'the model server refused the tools')
        attempt.rung = move.rung
        return true
      }
      without.add(move.avoid)
      if (!(move.avoid === 'json-schema' && tellsOfOneSchema(words))) untried.push(move.avoid)
      log.warn({ cause: move.avoid, words }, 'the model server refused a part of the request, which is sent without it')
      return true
    },
    accepted() {
      for (const what of untried.splice(0)) capabilities.avoided.add(what)
    },
    avoid(what) {
      attempt.without.add(what)
      capabilities.avoided.add(what)
    },
    async checkFunctions({ server, probed }, signal) {
      const known = capabilities.sees(attempt.rung) !== undefined || probed.has(capabilities)
      if (attempt.rung !== 'functions' || !usesTools || known) return
      probed.add(capabilities)
      const seen = await probeFunctions(demand, server, signal)
      if (seen === undefined) return
      capabilities.learn(attempt.rung, seen)
      if (seen) return
      log.warn({ rung: attempt.rung }, 'the model server takes the tools but does not show them to the model')
      attempt.rung = 'prompt'
    },
  }
  return attempt
}

/** What there was to refuse in a request. */
function toRefusedRequest(demand: ChatDemand, sent: UpstreamRequest, toolsWereTaken: boolean): RefusedRequest {
  const { tools, choice, messages, format } = demand
  return {
    hasToolMessages: sent.profile?.calls !== 'content' && hasToolMessages(messages),
    toolsWereTaken: tools.length === 0 || toolsWereTaken,
    demandsCall: tools.length > 0 && choice !== 'auto' && !sent.teachesChoice,
    responseFormat: sent.teachesFormat ? undefined : format?.type,
    oddMessages: !sent.profile && hasOddForms(messages),
  }
}

/** Whether the model sees functions that are offered to it; `undefined` where there is no telling. */
async function probeFunctions(
  { model, tools }: ChatDemand,
  server: ModelServer,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const probe = { model, stream: true, stream_options: { include_usage: true } } as const
  try {
    return await toolsReachPrompt(server, { ...probe, ...offerTools(tools, 'functions', false) }, signal)
  } catch (error) {
    // The request itself will meet the same refusal, and say more of it.
    if (error instanceof ModelRefusal) return undefined
    throw error
  }
}
