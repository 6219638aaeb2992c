import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HostError } from '../core/errors.ts'
import { demoModelId, handleRequest } from './handle-request.ts'

/** The demo while it runs. */
export interface DemoModel {
  /** Base URL of its API, like `http://127.0.0.1:1234/v1`. */
  url: string
  /** The id of its only model. */
  model: string
  /** Stops listening and ends every connection. May be called again. */
  close(): Promise<void>
}

interface DemoModelOptions {
  /** Default 0: any free port. */
  port?: number
  /** Default `127.0.0.1`. */
  host?: string
}

/**
 * Starts the demo model: a scripted OpenAI-compatible server, not a model, that answers in raw Harmony text. It speaks
 * over its own listener, so that whoever talks to it does just what talking to a real model server takes.
 *
 * @throws HostError `invalid_config` where it cannot listen there.
 */
export async function startDemoModel({ port = 0, host = '127.0.0.1' }: DemoModelOptions = {}): Promise<DemoModel> {
  const ongoing = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    const task = handleRequest(request, response).finally(() => ongoing.delete(task))
    ongoing.add(task)
  })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new HostError('invalid_config', `The demo model cannot listen on ${host}:${port}: ${why}`, { cause: error })
  }
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}/v1`,
    model: demoModelId,
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined
      server.close()
      server.closeAllConnections()
      await closed
      await Promise.all(ongoing)
    },
  }
}
