// A whole MCP server with one tool, over stdio.
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

serveStdio(
  () => {
    const server = new McpServer({ name: 'dice', version: '1.0.0' })
    server.registerTool(
      'roll_dice',
      { description: 'Roll one die.', inputSchema: z.object({ sides: z.number().int().min(2).default(6) }) },
      ({ sides }) => ({ content: [{ type: 'text', text: String(1 + Math.floor(Math.random() * sides)) }] }),
    )
    return server
  },
  { legacy: 'serve' },
)
