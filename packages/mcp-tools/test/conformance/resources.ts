import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { pixel } from './content-tools.ts'

/** Two resources, a template, one to subscribe to. */
export function registerResources(server: McpServer): void {
  const text = { mimeType: 'text/plain', text: 'This is the content of the static text resource.' }
  for (const name of ['static-text', 'watched-resource']) {
    const uri = `test://${name}`
    server.registerResource(name, uri, { mimeType: 'text/plain' }, async () => ({ contents: [{ uri, ...text }] }))
  }
  const binary = { uri: 'test://static-binary', mimeType: 'image/png', blob: pixel }
  server.registerResource('static-binary', binary.uri, { mimeType: 'image/png' }, async () => ({ contents: [binary] }))
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    async ({ href }, { id }) => ({
      contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true }) }],
    }),
  )
  server.server.setRequestHandler('resources/subscribe', async () => ({}))
  server.server.setRequestHandler('resources/unsubscribe', async () => ({}))
}
