// An MCP server for tests, over stdio. It writes its process id to PID_FILE, a line for each start.
import { appendFileSync } from 'node:fs'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

const text = (value: string): { content: { type: 'text'; text: string }[] } => ({
  content: [{ type: 'text', text: value }],
})

if (process.env.PID_FILE !== undefined) appendFileSync(process.env.PID_FILE, `${process.pid}\n`)

serveStdio(
  () => {
    const server = new McpServer({ name: 'test-tools', version: '1.0.0' })
    server.registerTool(
      'echo',
      { title: 'Echo', description: 'Says it again.', inputSchema: z.object({ text: z.string() }) },
      ({ text: said }) => text(said),
    )
    server.registerTool('fail', { inputSchema: z.object({}) }, () => ({ ...text('out of paper'), isError: true }))
    server.registerTool('hang', { inputSchema: z.object({}) }, (_args, { mcpReq }) => {
      return new Promise((resolve) => mcpReq.signal.addEventListener('abort', () => resolve(text('aborted'))))
    })
    server.registerTool('die', { inputSchema: z.object({}) }, () => process.exit(1))
    return server
  },
  { legacy: 'serve' },
)
