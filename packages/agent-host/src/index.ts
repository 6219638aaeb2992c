import { createRunCollector, type RunResult } from './agent/run-result.ts'
import type { AgentService } from './agent/service.ts'
import { loadSettings } from './config/load.ts'
import type { OptionName } from './config/options.ts'
import type { AgentEvent } from './core/events.ts'
import { createId } from './core/ids.ts'
import { type Message, textMessage } from './core/message.ts'
import { createHost } from './host.ts'
import { createLog } from './log.ts'

export type { RunInput } from './agent/service.ts'
export type { CallDecision, DecideCall } from './agent/tool-calls.ts'
export type { Health } from './agent/health.ts'
export type { CatalogTool } from './catalog/catalog.ts'
export { HostError, type ErrorCode, type HostErrorBody } from './core/errors.ts'
export type { ModelEvent, PendingCall, RunEnd, TurnEnd, Usage } from './core/events.ts'
export type { Part, Role, Source } from './core/message.ts'
export type { JsonSchema, MalformedCall, ToolCall, ToolSpec } from './core/tool.ts'
export type { AgentEvent, AgentService, Message, RunResult }

export interface AgentHostOptions {
  /** Settings by their names in the documentation (`baseUrl`, `model`, …), above the environment's. */
  settings?: Partial<Record<OptionName, unknown>>
  /** Default: the process's own. */
  env?: NodeJS.ProcessEnv
}

/**
 * Opens an agent with its model server and its tools. Close it, or declare it with `await using`.
 * It logs warnings to stderr unless `logLevel` says otherwise.
 *
 * @throws HostError `invalid_config` or `model_unreachable`.
 */
export async function createAgentHost({
  settings = {},
  env = process.env,
}: AgentHostOptions = {}): Promise<AgentService> {
  const loaded = loadSettings({ flags: settings, env, defaults: { logLevel: 'warning' } })
  return await createHost(loaded, await createLog(loaded.settings))
}

/** A message of the user, for the end of a conversation. */
export function userMessage(text: string): Message {
  return textMessage(createId('msg'), 'user', text)
}

/** Runs to the end and gives the whole. */
export async function collectRun(events: AsyncIterable<AgentEvent>): Promise<RunResult> {
  const run = createRunCollector()
  for await (const event of events) run.add(event)
  return run.result()
}
