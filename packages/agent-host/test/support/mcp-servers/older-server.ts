import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { TestTool, ToolContext } from './tools.ts'

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

/** The tools on a server of the older SDK, which knows nothing of 2026-07-28. */
export function buildOlderServer(tools: readonly TestTool[]): McpServer {
  const server = new McpServer({ name: 'older', version: '1.0.0' })
  const toContext = ({ signal, sendNotification, _meta: meta }: Extra): ToolContext => ({
    signal,
    async progress(progress, total, message) {
      const progressToken = meta?.progressToken
      if (progressToken === undefined) return
      await sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress, total, message },
      })
    },
    addTool() {
      server.registerTool('late', { description: 'Came later.' }, () => ({ content: [{ type: 'text', text: 'late' }] }))
    },
  })
  for (const { name, description, run } of tools) {
    server.registerTool(name, { description, inputSchema: { text: z.string().optional() } }, async (args, extra) => ({
      content: [{ type: 'text', text: await run(args, toContext(extra)) }],
    }))
  }
  return server
}
