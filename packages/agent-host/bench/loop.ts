// What the agent loop itself costs a step: whole runs, against the same model answers and the same tool calls alone.
import { request } from 'undici'
import { createCapabilityMemory } from '../src/backend/capabilities.ts'
import { createModelServer } from '../src/backend/model-server.ts'
import { createCatalog } from '../src/catalog/catalog.ts'
import { readMcpServers } from '../src/config/mcp-servers.ts'
import { runAgent } from '../src/agent/agent-loop.ts'
import { textMessage } from '../src/core/message.ts'
import { createConnection } from '../src/mcp/connection.ts'
import { startFakeModelServer } from '../test/support/fake-model-server.ts'
import { createWorkbench } from '../test/support/workbench.ts'

const rounds = 40
const calls = 10
const steps = calls + 1

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

using bench = createWorkbench()
await using fake = await startFakeModelServer({ models: ['m'] })
const [config] = Object.values(readMcpServers(bench.mcpConfig, {}))
if (!config) throw new Error('the workbench has no server')
const connection = createConnection('test', config, { log: quiet, connectTimeoutMs: 30_000 })
const server = createModelServer({ url: fake.url, timeoutMs: 60_000 })
const tools = await createCatalog([connection], quiet).tools()
const capabilities = createCapabilityMemory().of(fake.url, 'm')
const limits = { maxSteps: 100, parallelToolCalls: false, toolTimeoutMs: 60_000, timeBudgetMs: 60_000 }
const args = (i: number): { text: string } => ({ text: `number ${i}` })

function script(): void {
  for (let i = 0; i < calls; i++) fake.script({ toolCalls: [{ name: 'echo', arguments: args(i) }] })
  fake.script({ text: 'That is all.' })
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function wholeRun(): Promise<void> {
  const messages = [textMessage('msg_1', 'user', 'Count.')]
  const options = { ...limits, server, model: 'm', capabilities, tools, log: quiet }
  for await (const event of runAgent({ messages }, options))
    if (event.type === 'error') throw new Error(event.error.message)
}

/** The requests that a run made, sent again by bare undici and read to the end. */
async function modelAlone(bodies: readonly unknown[]): Promise<void> {
  for (const body of bodies) {
    const response = await request(`${fake.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) })
    await response.body.text()
  }
}

async function toolAlone(): Promise<void> {
  for (let i = 0; i < calls; i++) await connection.call('echo', args(i), { timeoutMs: 60_000 })
}

const costs: number[] = []
const shares = { run: [] as number[], model: [] as number[], tool: [] as number[] }
for (let round = 0; round < rounds; round++) {
  script()
  const run = await timed(wholeRun)
  const bodies = fake.chats.slice(-steps).map(({ body }) => body)
  script()
  const model = await timed(() => modelAlone(bodies))
  const tool = await timed(toolAlone)
  shares.run.push(run / steps)
  shares.model.push(model / steps)
  shares.tool.push(tool / steps)
  costs.push((run - model - tool) / steps)
}
await connection.close()
await server.close()

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const shown = (values: number[]): string => median(values).toFixed(2).padStart(6)
console.log(`per step, median of ${rounds} runs of ${steps} steps, in ms:`)
console.log(`  whole run         ${shown(shares.run)}`)
console.log(`  model alone       ${shown(shares.model)}`)
console.log(`  echo tool alone   ${shown(shares.tool)}`)
console.log(`  the loop's own    ${shown(costs)}   (at most 2)`)
