import type { AgentEvent } from '../../src/core/events.ts'
import { createAgentHost, userMessage } from '../../src/index.ts'
import { toApprovalPolicy } from '../../src/runs/approval-policy.ts'
import type { CallRules } from '../../src/runs/call-gate.ts'
import { createMemoryResultCache } from '../../src/runs/result-cache.ts'
import { noChatLog } from '../../src/runs/chat-log/chat-log.ts'
import { createRunManager, type RunManager, type RunManagerOptions } from '../../src/runs/run-manager.ts'
import { openMemoryStores } from '../../src/runs/stores.ts'
import {
  type FakeModelServer,
  type FakeModelServerOptions,
  startFakeModelServer,
} from '../support/fake-model-server.ts'
import { createWorkbench } from '../support/workbench.ts'

export interface ManagerOptions extends Partial<Pick<RunManagerOptions, 'owner' | 'leaseMs' | 'mostRuns'>> {
  rules?: Partial<CallRules>
}

/** Run managers over one set of memory stores, with the real agent, a fake model server and the test tools. */
export interface ManagedRuns extends AsyncDisposable {
  fake: FakeModelServer
  stores: ReturnType<typeof openMemoryStores>
  manager: RunManager
  /** Another manager over the same stores, as another process has it. */
  open(options?: ManagerOptions): RunManager
  eventsOf(runId: string): Promise<AgentEvent[]>
  /** Roles of messages and types of other entries, in order. */
  bodiesOf(sessionId: string): Promise<string[]>
  /** Asks in a new session, or that one, and waits for the end of the run. */
  ask(text: string, sessionId?: string): Promise<{ runId: string; sessionId: string }>
}

export const quiet = { debug() {}, info() {}, warn() {}, error() {} }

export async function manageRuns(
  settings: Record<string, unknown> = {},
  server: FakeModelServerOptions = { models: ['m'] },
): Promise<ManagedRuns> {
  const bench = createWorkbench()
  const fake = await startFakeModelServer(server)
  const wired = { baseUrl: fake.url, mcpConfig: bench.mcpConfig, logLevel: 'silent', ...settings }
  const agent = await createAgentHost({ settings: wired, env: { ENV: 'testing' } })
  const stores = openMemoryStores()
  const opened: RunManager[] = []
  const open = ({ rules = {}, owner = 'here', leaseMs = 5000, mostRuns = 100 }: ManagerOptions = {}): RunManager => {
    const run = agent.run.bind(agent)
    const all: CallRules = {
      approval: toApprovalPolicy({}),
      approvalTtlMs: 60_000,
      cache: createMemoryResultCache(),
      cacheTtlMs: () => undefined,
      idempotent: () => false,
      ...rules,
    }
    const manager = createRunManager({
      stores,
      run,
      log: quiet,
      owner,
      leaseMs,
      mostRuns,
      rules: all,
      chatLog: noChatLog,
    })
    opened.push(manager)
    return manager
  }
  const manager = open()
  return {
    fake,
    stores,
    manager,
    open,
    async eventsOf(runId) {
      const events: AgentEvent[] = []
      for await (const { event } of manager.follow(runId)) events.push(event)
      return events
    },
    async bodiesOf(sessionId) {
      const entries = await stores.sessions.entries(sessionId)
      return entries.map(({ body }) => (body.type === 'message' ? body.message.role : body.type))
    },
    async ask(text, sessionId) {
      const { ended, ...started } = await manager.start({ sessionId, messages: [userMessage(text)] })
      await ended
      return started
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((each) => each.close()))
      await agent.close()
      await fake.close()
      bench[Symbol.dispose]()
    },
  }
}
