// An MCP server for tests, over stdio. It writes each call into the file that TALLY names before it answers.
import { appendFileSync } from 'node:fs'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

serveStdio(
  () => {
    const server = new McpServer({ name: 'tally', version: '1.0.0' })
    server.registerTool('tally', { inputSchema: z.object({ number: z.string() }) }, ({ number }) => {
      appendFileSync(process.env.TALLY ?? '', `${number}\n`)
      return { content: [{ type: 'text', text: `noted ${number}` }] }
    })
    return server
  },
  { legacy: 'serve' },
)
