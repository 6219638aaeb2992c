import type { CatalogTool } from '../../../catalog/catalog.ts'
import type { GuestServers } from '../../../mcp/guest-servers.ts'
import type { Logger } from '../../../core/logger.ts'
import { toHistory } from '../../../runs/history.ts'
import { agentModelOf } from '../../../proxy/agent-models.ts'
import type { StartedRun } from '../../../runs/run-manager.ts'
import type { PassingPlace, RunPlace } from '../../../runs/runtime.ts'
import { startPassing } from '../../../runs/start-passing.ts'
import type { StartRun } from '../../../runs/start-run.ts'
import type { Entry } from '../../../sessions/entry.ts'
import type { KnownLimits } from '../../../agent/known-limits.ts'
import { findAsked } from './approvals.ts'
import type { ConnectionMemory } from './connection-memory.ts'
import { conversationSoFar } from './conversation-so-far.ts'
import { type CreateRequest, readCreateRequest } from './create-request.ts'
import { openGuestTools } from './guest-tools.ts'
import { holdMedia } from './input-messages.ts'
import { toListedInput } from './input-items.ts'
import { type PreparedResponse, prepareResponse } from './prepare-response.ts'
import { refuseOverlong } from './over-long.ts'
import { resolveReferences } from './resolve-references.ts'
import type { ReasoningStyle } from './reasoning-writer.ts'
import type { ResponseRecord, ResponseRecords } from './response-record.ts'
import type { Seal } from './seal.ts'

export interface StartParts {
  kept: RunPlace
  /** For Responses that are not stored: nothing of them is left once they are over. */
  passing: PassingPlace
  records: ResponseRecords
  /** The Response with this id once it is over. @throws HostError `not_found` */
  finished(id: string, param: string): Promise<ResponseRecord>
  /** The session of a conversation. @throws HostError `not_found` */
  sessionOf(conversationId: string): Promise<string>
  /** Of the connection that asks, where it stays open. */
  memory?: ConnectionMemory | undefined
  tools(): Promise<readonly CatalogTool[]>
  /** Whether the operator wants a person to approve each call of this tool. */
  mustAsk(tool: CatalogTool): boolean
  /** The way to MCP servers that requests name by their URL. */
  guests: GuestServers
  limits: KnownLimits
  /** The model of requests that name none. @throws HostError */
  model(): Promise<string>
  seal: Seal
  log: Logger
  /** How reasoning is streamed to clients that asked for no summary. */
  reasoningStyle: ReasoningStyle
  /** Milliseconds since 1970. */
  now: () => number
}

export interface StartedResponse {
  record: ResponseRecord
  isStored: boolean
  background: boolean
}

/** A request that was read, with the conversation that it goes on from. */
export interface ReadRequest {
  request: CreateRequest
  prepared: PreparedResponse
  /** The run as it starts where nothing is kept: with the whole conversation in it. */
  standalone: StartRun
  /** Closes the connections that are for its run alone. */
  close(): Promise<void>
}

/** @throws HostError `invalid_request`, `not_found` */
export async function readRequest(body: unknown, parts: StartParts): Promise<ReadRequest> {
  const { kept, passing, records, memory, sessionOf, seal, reasoningStyle, now } = parts
  const read = readCreateRequest(body)
  const local = memory?.find(read.body.previous_response_id ?? '')
  const { sessions } = (local ? passing : kept).stores
  const finished = local ? () => Promise.resolve(local) : parts.finished
  const before = await conversationSoFar(read.body, { sessions, finished, sessionOf })
  const asked = await findAsked(read.items, before.sessionId, records)
  const soFar = { ...before, asked: new Map([...before.asked, ...asked]) }
  const request = { ...read, items: await resolveReferences(read.items, soFar, records) }
  const agent = agentModelOf(read.body.model)
  const model = (agent ? agent.model : read.body.model) ?? (await parts.model())
  const catalog = await parts.tools()
  const guests = await openGuestTools(request.tools, catalog, parts.guests)
  try {
    const lacks = holdMedia(request.items) ? await parts.limits.lacks(model) : new Set<never>()
    const prepared = prepareResponse(request, {
      model,
      isAgent: agent !== undefined,
      catalog,
      guests,
      mustAsk: parts.mustAsk,
      soFar,
      lacks,
      unseal: seal.unseal,
      reasoningStyle,
      now,
    })
    const standalone = withHistory(prepared.start, soFar.path)
    // The session of what a connection remembers is not one to add to.
    const own = local ? { ...prepared, start: standalone } : prepared
    return { request, prepared: own, standalone, close: guests.close }
  } catch (error) {
    await guests.close()
    throw error
  }
}

/**
 * Starts the run of a new Response.
 * @throws HostError `invalid_request`, `context_length_exceeded`, `not_found`, `session_busy`
 */
export async function startResponse(body: unknown, parts: StartParts): Promise<StartedResponse> {
  const { request, prepared, standalone, close } = await readRequest(body, parts)
  const { created, writer, start } = prepared
  const { store, background, input } = request.body
  const isStored = store !== false
  const { runId, sessionId, ended } = await startRun().catch(async (error: unknown) => {
    await close()
    throw error
  })
  async function startRun(): Promise<StartedRun> {
    await refuseOverlong(standalone, parts.limits)
    if (isStored) return await parts.kept.runs.start(start)
    return await startPassing(parts.passing, standalone, parts.now(), parts.memory?.hold())
  }
  ended.then(close).catch((error: unknown) => parts.log.warn({ err: error }, 'an MCP server could not be left'))
  const record = { id: created.id, runId, sessionId, created, writer, input: toListedInput(input, created.id) }
  if (isStored) await parts.records.add(record)
  return { record, isStored, background: background ?? false }
}

/** For a run in a session of its own, which is given the whole conversation. */
function withHistory(start: StartRun, path: readonly Entry[]): StartRun {
  const alone = { ...start, sessionId: undefined, parentId: undefined }
  return { ...alone, messages: [...toHistory(path, openCalls(start)), ...start.messages] }
}

/** Calls that the new input or this run itself answers. */
function openCalls({ messages, calls = [] }: StartRun): Set<string> {
  const answered = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])),
  )
  return new Set([...answered, ...calls.map(({ id }) => id)])
}
