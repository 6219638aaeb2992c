import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { buildModernServer } from './modern-server.ts'
import { createTestTools } from './tools.ts'

const tools = createTestTools()
serveStdio(() => buildModernServer(tools), { legacy: 'serve' })
