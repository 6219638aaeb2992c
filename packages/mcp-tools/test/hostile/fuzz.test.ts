import { fileURLToPath } from 'node:url'
import { InMemoryTransport } from '@modelcontextprotocol/server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toolErrorCodes } from '../../src/errors.ts'
import { createServerFactory } from '../../src/server.ts'
import { createHostileCalls, type HostileCall, hostileLine } from '../support/hostile-inputs.ts'
import { createHostileTools } from '../support/hostile-tools.ts'
import { openStdio } from '../support/mcp-tools-process.ts'
import { runs } from '../../../../test/scale.ts'

const program = fileURLToPath(new URL('../support/hostile-stdio.ts', import.meta.url))
const foreseen: readonly string[] = Object.keys(toolErrorCodes).filter((code) => code !== 'internal_error')

const { tools, network } = await createHostileTools()
const calls = createHostileCalls(tools)
const unforeseen: unknown[] = []

let lastId = 1_000
let server: Awaited<ReturnType<typeof openStdio>>

beforeAll(async () => {
  server = await openStdio({}, program)
})

afterAll(async () => {
  await server.stop()
  await Promise.all(tools.map(async (tool) => tool.close?.()))
  await network.close()
})

/** A client of a server in this process, over the wire format without the wire. */
async function connect() {
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const waiting = new Map<unknown, (message: unknown) => void>()
  ours.onmessage = (message) => waiting.get('id' in message ? message.id : undefined)?.(message)
  await createServerFactory(tools, (error) => unforeseen.push(error))().connect(theirs)
  await ours.start()
  const request = async (method: string, params: unknown) => {
    lastId += 1
    const answered = new Promise((resolve) => waiting.set(lastId, resolve))
    await ours.send(JSON.parse(JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params })) as never)
    return answered
  }
  const clientInfo = { name: 'test', version: '1.0.0' }
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  return { request, close: () => ours.close() }
}

/** What an answer is: fine, a code of the list, or what the protocol says of arguments that are no object. */
function outcomeOf(message: unknown, { arguments: args }: HostileCall): string {
  const { result, error } = message as { result?: { isError?: boolean; structuredContent: unknown }; error?: unknown }
  if (error !== undefined) return isObject(args) ? JSON.stringify(error) : 'fine'
  expect(halfPairs(message)).toEqual([])
  if (result?.isError !== true) return 'fine'
  return (result.structuredContent as { error: { code: string } }).error.code
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Texts that no encoding can hold; some clients cannot read a message with one. */
function halfPairs(message: unknown): string[] {
  const found: string[] = []
  JSON.stringify(message, (name, value: unknown) => {
    for (const text of [name, value]) if (typeof text === 'string' && !text.isWellFormed()) found.push(text)
    return value
  })
  return found
}

test('whatever is asked in process is answered, or refused with a code of the list', async () => {
  const client = await connect()
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      const message = await client.request('tools/call', call)
      expect(unforeseen.splice(0)).toEqual([])
      expect(['fine', ...foreseen]).toContain(outcomeOf(message, call))
    }),
    { numRuns: runs(10_000) },
  )
  await client.close()
})

test('whatever is written to the process, it goes on answering', async () => {
  let said = ''
  server.child.stderr.on('data', (text) => (said += String(text)))
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileLine, { maxLength: 5 }),
      fc.array(calls, { maxLength: 5 }),
      async (lines, asked) => {
        const answers = asked.map(async (call, index) => {
          for (const line of lines.slice(index, index + 1))
            server.child.stdin.write(Buffer.concat([line, Buffer.from('\n')]))
          lastId += 1
          return outcomeOf(await server.request(lastId, 'tools/call', { ...call }), call)
        })
        for (const line of lines.slice(asked.length)) server.child.stdin.write(Buffer.concat([line, Buffer.from('\n')]))
        for (const outcome of await Promise.all(answers)) expect(['fine', ...foreseen]).toContain(outcome)
        lastId += 1
        expect(await server.request(lastId, 'ping', {})).toMatchObject({ result: {} })
      },
    ),
    { numRuns: runs(1_000) },
  )
  expect(said).toBe('')
  server.child.stdin.end()
  expect(await server.exited).toBe(0)
})
