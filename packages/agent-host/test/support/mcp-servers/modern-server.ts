import { McpServer, type ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { TestTool, ToolContext } from './tools.ts'

/** The tools on a server of the newer SDK, which speaks 2026-07-28 and the older protocol. */
export function buildModernServer(tools: readonly TestTool[]): McpServer {
  const server = new McpServer({ name: 'modern', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } })
  const toContext = ({ mcpReq: { signal, notify, _meta } }: ServerContext): ToolContext => ({
    signal,
    async progress(progress, total, message) {
      const progressToken = _meta?.progressToken
      if (progressToken === undefined) return
      await notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } })
    },
    addTool() {
      server.registerTool('late', { description: 'Came later.' }, () => ({ content: [{ type: 'text', text: 'late' }] }))
    },
  })
  for (const { name, description, run } of tools) {
    server.registerTool(
      name,
      { description, inputSchema: z.object({ text: z.string().optional() }) },
      async (args, context) => ({
        content: [{ type: 'text', text: await run(args, toContext(context)) }],
      }),
    )
  }
  return server
}
