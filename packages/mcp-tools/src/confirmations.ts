import { randomBytes, randomUUID } from 'node:crypto'
import {
  type ClientCapabilities,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod/v4'
import type { Confirmation, ConfirmationAnswer, ToolCall } from './tools/tool.ts'

/** How the calls of one program ask people; shared by its servers, since an answer may come to another one. */
export interface Confirmations {
  /** For the server's options: refuses a state that was not made here for this caller, or is too old. */
  readonly verify: (state: string, context: ServerContext) => Promise<unknown>
  /** `initialized` is what the client said it can do when it connected, where it has done so. */
  begin(context: ServerContext, initialized: ClientCapabilities | undefined): Asking
}

/** The questions of one call. */
export interface Asking {
  readonly confirm: NonNullable<ToolCall['confirm']>
  /** What to answer the call with once `confirm` has ended it. */
  needed(): InputRequiredResult | undefined
}

/** Time to answer a question, in seconds. */
const answerSeconds = 300

/** Questions that wait for an answer at once; the oldest is forgotten, and would be asked again. */
const maxOpen = 1_000

const key = 'confirm'
const allowance = z.object({ allow: z.boolean().default(false).meta({ title: 'Allow this request once' }) })

/** Goes through the client's hands, signed: a question, and what it was about. */
interface State {
  readonly id: string
  readonly subject: string
}

/**
 * The one place that knows how the protocol asks people: a request of its own to clients of 2025, and from 2026-07-28
 * on a result that makes the client call again with the answer. `onError` is told where the former fails, by which
 * nobody has agreed to anything.
 */
export function createConfirmations(onError: (error: unknown) => void): Confirmations {
  const codec = createRequestStateCodec<State>({ key: randomBytes(32), ttlSeconds: answerSeconds, bind: toCaller })
  const open = new Set<string>()

  /** The answer that this call brings, where it is to this question and has not been used. */
  function takeAnswer({ mcpReq }: ServerContext, subject: string): ConfirmationAnswer | undefined {
    const state = mcpReq.requestState<State>()
    if (state?.subject !== subject || !open.delete(state.id)) return undefined
    const response = inputResponse(mcpReq.inputResponses, key)
    return response.kind === 'elicit' ? toAnswer(response) : undefined
  }

  async function toInputRequired({ message, subject }: Confirmation, context: ServerContext) {
    const id = randomUUID()
    const [oldest] = open
    if (open.size >= maxOpen && oldest !== undefined) open.delete(oldest)
    open.add(id)
    return inputRequired({
      inputRequests: { [key]: inputRequired.elicit({ message, requestedSchema: allowance }) },
      requestState: await codec.mint({ id, subject }, context),
    })
  }

  return {
    verify: codec.verify,
    begin(context, initialized) {
      // Each request of 2026-07-28 and later says what its client can do; before, it was said once.
      const declared = envelopeOf(context)[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
      let needed: InputRequiredResult | undefined
      return {
        needed: () => needed,
        async confirm(question) {
          if (!canElicit(declared ?? initialized)) return 'unavailable'
          if (declared === undefined) {
            return elicit(question, context).catch((error: unknown) => {
              onError(error)
              return 'dismissed'
            })
          }
          const answer = takeAnswer(context, question.subject)
          if (answer !== undefined) return answer
          needed = await toInputRequired(question, context)
          throw new Error('The call ends here; it is made again with the answer.')
        },
      }
    },
  }
}

/** Asks a client of 2025, on the stream of the call that it concerns. */
async function elicit({ message }: Confirmation, { mcpReq }: ServerContext): Promise<ConfirmationAnswer> {
  const { params } = inputRequired.elicit({ message, requestedSchema: allowance })
  const request = { method: 'elicitation/create' as const, params: { ...params, mode: 'form' as const } }
  const options = { signal: mcpReq.signal, timeout: answerSeconds * 1_000 }
  return toAnswer(await mcpReq.send(request, options))
}

function toAnswer({ action, content }: { action: string; content?: unknown }): ConfirmationAnswer {
  if (action === 'cancel') return 'dismissed'
  const given = allowance.safeParse(content)
  return action === 'accept' && given.success && given.data.allow ? 'accepted' : 'declined'
}

/** Forms, which a client that names no mode means (as before there were others). */
function canElicit(capabilities: ClientCapabilities | undefined): boolean {
  const elicitation = capabilities?.elicitation
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
}

/** What a request of 2026-07-28 says of its client; the SDK types it as an empty object. */
function envelopeOf({ mcpReq }: ServerContext): Readonly<Record<string, unknown>> {
  return mcpReq.envelope ?? {}
}

/** All that tells one caller from another, as an answer must not be given by one and used by another. */
function toCaller(context: ServerContext): string {
  const authorization = context.http?.req?.headers.get('authorization')
  return JSON.stringify([context.mcpReq.method, authorization, envelopeOf(context)[CLIENT_INFO_META_KEY]])
}
