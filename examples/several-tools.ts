// An agent with the tools of two MCP servers: the bundled ones and a server of our own, dice-server.ts.
//   node examples/several-tools.ts
// It reads a page of a web server on this machine, which one rule opens to the http_request tool.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectRun, createAgentHost, userMessage } from 'agent-host'

const pages = createServer((_request, response) => response.end('Free places: 7'))
pages.listen(0, '127.0.0.1')
await once(pages, 'listening')
const page = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`

const agent = await createAgentHost({
  settings: { mcpConfig: new URL('mcp-servers.json', import.meta.url).pathname },
  env: { ...process.env, EXAMPLES: import.meta.dirname, HTTP_ALLOW: page },
})
try {
  const tools = await agent.tools()
  console.log('tools:', tools.map(({ name, server }) => `${name} (${server})`).join(', '))

  const question = `What time is it in Seoul, and what does ${page} say?`
  const { content, tool_calls } = await collectRun(agent.run({ messages: [userMessage(question)] }))
  for (const { name, is_error, duration_ms } of tool_calls) {
    console.log(`${name}: ${is_error ? 'failed' : 'ok'} in ${Math.round(duration_ms)} ms`)
  }
  console.log(content)
} finally {
  await agent.close()
  pages.close()
}
