import type { CatalogTool } from '../catalog/catalog.ts'
import { errorOutcome } from '../catalog/tool-outcome.ts'
import type { RunInput } from '../agent/service.ts'
import type { CallDecision, DecideCall } from '../agent/tool-calls.ts'
import type { AgentEvent } from '../core/events.ts'
import type { ToolCall } from '../core/tool.ts'
import type { EntryBody } from '../sessions/entry.ts'
import type { ApprovalPolicy } from './approval-policy.ts'
import type { DrivenRun } from './drive-run.ts'
import { type ResultCache, toCacheKey } from './result-cache.ts'

/** What holds for the calls of every run. */
export interface CallRules {
  approval: ApprovalPolicy
  /** How long an approval is waited for, in milliseconds. */
  approvalTtlMs: number
  cache: ResultCache
  /** How long a result of this tool is good, in milliseconds; `undefined` where it is never kept. */
  cacheTtlMs(tool: CatalogTool): number | undefined
  /** Whether it may be called again where a crash left it unknown whether it was. Servers' own hints do not count. */
  idempotent(tool: CatalogTool): boolean
}

/** Stands between a run and its tools. */
export interface CallGate {
  decide: DecideCall
  /** Keeps a result that may serve again. */
  keep(event: Extract<AgentEvent, { type: 'tool-result' }>): Promise<void>
}

interface GateParts {
  add(body: EntryBody): Promise<void>
  lastMessage(): string
  rules: CallRules
}

/** No tool is reached unless it may be, before its intent is durable, nor under a lease that is lost. */
export function createCallGate(
  { input, repeated, lease, session }: DrivenRun,
  { add, lastMessage, rules }: GateParts,
): CallGate {
  const approved = new Set(input.calls?.map(({ id }) => id))
  const keys = new Map<string, { key: string; ttlMs: number }>()

  async function judge(call: ToolCall, tool: CatalogTool): Promise<CallDecision> {
    const decision = await input.decide?.(call, tool)
    if (decision && decision.type !== 'run') return decision
    const mode = rules.approval(tool)
    if (mode === 'never') return { type: 'answer', outcome: errorOutcome(`${tool.name} is switched off here.`) }
    if (mode === 'ask' && !approved.has(call.id)) {
      return { type: 'ask', expiresAt: new Date(Date.now() + rules.approvalTtlMs).toISOString() }
    }
    return (await cached(call, tool)) ?? { type: 'run' }
  }

  async function cached(call: ToolCall, tool: CatalogTool): Promise<CallDecision | undefined> {
    const ttlMs = tool.isGuest ? undefined : rules.cacheTtlMs(tool)
    if (ttlMs === undefined || !isJson(call.arguments)) return undefined
    const key = toCacheKey(tool, call.arguments)
    const outcome = await rules.cache.get(key)
    if (outcome) return { type: 'answer', outcome, cached: true }
    keys.set(call.id, { key, ttlMs })
    return undefined
  }

  return {
    async decide(call, tool) {
      lease.signal.throwIfAborted()
      session.signal.throwIfAborted()
      const decision = await judge(call, tool)
      if (decision.type !== 'run') return decision
      // A call that may be made again has its intent from the first time.
      if (repeated.has(call.id)) return decision
      const idempotent = isPlain(input) && rules.idempotent(tool)
      await add({ type: 'tool-intent', messageId: lastMessage(), call, idempotent })
      return decision
    },
    async keep({ callId, parts, isError, structured }) {
      const found = keys.get(callId)
      keys.delete(callId)
      if (!found || isError) return
      const outcome = { parts, isError, ...(structured !== undefined && { structured }) }
      await rules.cache.set(found.key, outcome, found.ttlMs)
    },
  }
}

/** What a run is given again by whoever goes on in its place, or has by default. */
const restored: ReadonlySet<string> = new Set<keyof RunInput>([
  'messages',
  'calls',
  'model',
  'endpoint',
  'sessionId',
  'runId',
  'signal',
])

/** Whether whoever finds the run lost can go on with it: what else a run was given is kept nowhere. */
function isPlain(input: RunInput): boolean {
  return Object.entries(input).every(([name, value]) => value === undefined || restored.has(name))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
