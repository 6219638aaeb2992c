import { randomBytes } from 'node:crypto'
import { createRequestStateCodec, McpServer } from '@modelcontextprotocol/server'
import { registerAskingTools } from './asking-tools.ts'
import { registerContentTools } from './content-tools.ts'
import { registerPrompts } from './prompts.ts'
import { registerResources } from './resources.ts'

/** Makes servers with what the conformance suite expects to find: each name and text is the suite's own. */
export function createFixtureFactory(): () => McpServer {
  const states = createRequestStateCodec<string>({ key: randomBytes(32) })
  return () => {
    const server = new McpServer(
      { name: 'conformance-fixture', version: '1.0.0' },
      {
        capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, logging: {}, completions: {} },
        requestState: { verify: states.verify },
      },
    )
    registerContentTools(server)
    registerAskingTools(server, states)
    registerResources(server)
    registerPrompts(server)
    return server
  }
}
