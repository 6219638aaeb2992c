import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startFakeModelServer } from '../../support/fake-model-server.ts'
import { openService } from '../../support/open-service.ts'
import { createWorkbench } from '../../support/workbench.ts'

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url)
  return { status: response.status, body: await response.json() }
}

test('/health tells of the process, the model server and each MCP server', async () => {
  using bench = createWorkbench()
  await using fake = await startFakeModelServer({ models: ['m'] })
  await using service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
  expect(await get(`${service.url}/health`)).toEqual({
    status: 200,
    body: {
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      uptime_s: expect.any(Number) as number,
      model_server: { state: 'ok', latency_ms: expect.any(Number) as number, url: fake.url, model: 'm', demo: false },
      mcp_servers: [{ name: 'test', state: 'ok', latency_ms: expect.any(Number) as number, tools: 4 }],
    },
  })
})

test('/health is 503 without a model server, and says why', async () => {
  using bench = createWorkbench()
  await using service = await openService({ baseUrl: 'http://127.0.0.1:9', mcpConfig: bench.mcpConfig })
  expect(await get(`${service.url}/health`)).toMatchObject({
    status: 503,
    body: {
      status: 'unavailable',
      model_server: { state: 'failed', model: null, error: expect.stringContaining('ECONNREFUSED') as string },
      mcp_servers: [{ state: 'ok' }],
    },
  })
})

test('an MCP server that cannot be reached makes it degraded, and the other tools are there', async () => {
  using bench = createWorkbench()
  await using fake = await startFakeModelServer()
  const mcpConfig = join(bench.folder, 'two.json')
  const { mcpServers } = JSON.parse(readFileSync(bench.mcpConfig, 'utf8')) as {
    mcpServers: object
  }
  const broken = { command: process.execPath, args: ['-e', 'process.exit(3)'] }
  writeFileSync(mcpConfig, JSON.stringify({ mcpServers: { ...mcpServers, broken } }))
  await using service = await openService({ baseUrl: fake.url, mcpConfig })
  expect(await get(`${service.url}/health`)).toMatchObject({
    status: 200,
    body: {
      status: 'degraded',
      mcp_servers: [
        { name: 'test', state: 'ok', tools: 4 },
        { name: 'broken', state: 'failed', tools: 0, error: expect.stringContaining('MCP server "broken"') as string },
      ],
    },
  })
})

test('/health calls the demo a demo', async () => {
  using bench = createWorkbench()
  await using service = await openService({ mcpConfig: bench.mcpConfig })
  expect(await get(`${service.url}/health`)).toMatchObject({
    status: 200,
    body: { model_server: { demo: true, model: expect.stringContaining('demo') as string } },
  })
})

test('/api/tools lists every tool', async () => {
  using bench = createWorkbench()
  await using service = await openService({ baseUrl: 'http://127.0.0.1:9', mcpConfig: bench.mcpConfig })
  const { body } = await get(`${service.url}/api/tools`)
  const { tools } = body as { tools: unknown[] }
  expect(tools).toHaveLength(4)
  expect(tools[0]).toEqual({
    name: 'echo',
    title: 'Echo',
    description: 'Says it again.',
    input_schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    server: 'test',
    annotations: null,
  })
})
