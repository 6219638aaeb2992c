// pnpm bench [NAME…]: every benchmark, or those named. Each prints ratios of things measured side by side in one run.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches: Record<string, string> = {
  'cold-start': '../packages/mcp-tools/bench/cold-start.ts',
  tools: '../packages/mcp-tools/bench/tools.ts',
  agent: '../packages/agent-host/bench/agent.ts',
  loop: '../packages/agent-host/bench/loop.ts',
  responses: '../packages/agent-host/bench/responses.ts',
  proxy: '../packages/agent-host/bench/proxy.ts',
  dialects: '../packages/agent-host/bench/dialects.ts',
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
for (const [name, path] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n# ${name}`)
  // A process of its own: what one leaves in the memory is not to slow the next.
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(path, import.meta.url))], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
