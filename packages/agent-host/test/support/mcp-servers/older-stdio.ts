import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { buildOlderServer } from './older-server.ts'
import { createTestTools } from './tools.ts'

await buildOlderServer(createTestTools()).connect(new StdioServerTransport())
