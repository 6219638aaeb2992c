import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendBody } from './fake-model-server/delivery.ts'
import { type FakeRequest, readExchange } from './fake-model-server/exchange.ts'
import type { FakeModelServerOptions } from './fake-model-server/options.ts'
import type { Script } from './fake-model-server/reply.ts'
import { createRoutes } from './fake-model-server/routes.ts'

export type { FakeRequest } from './fake-model-server/exchange.ts'
export type { FakeModelServerOptions } from './fake-model-server/options.ts'
export type { Answer, Reply, Script } from './fake-model-server/reply.ts'

/** A model server for tests, over real HTTP. It answers what a test scripted, and logs what it was asked. */
export interface FakeModelServer extends AsyncDisposable {
  /** Base URL of the API, like `http://127.0.0.1:1234/v1`. */
  readonly url: string
  /** The same without `/v1`. */
  readonly origin: string
  readonly port: number
  /** Every request whose body was read whole, oldest first, refused ones too. */
  readonly requests: readonly FakeRequest[]
  /** The logged requests for chat completions. */
  readonly chats: readonly FakeRequest[]
  /** Queues replies for the next requests to chat and text completions; refusals take none. */
  script(...replies: readonly Script[]): void
  /** Resolves with request number `count` (from 1) once the server has it. */
  received(count: number): Promise<FakeRequest>
  /** Destroys every open connection, but goes on listening. */
  killConnections(): void
  /**
   * Stops listening, destroys every connection and waits for all that was going on.
   *
   * @throws AggregateError with whatever scripted functions threw.
   */
  close(): Promise<void>
}

/** Starts a fake model server on a free port of 127.0.0.1, or on the port that the options name. */
export async function startFakeModelServer(options: FakeModelServerOptions = {}): Promise<FakeModelServer> {
  const requests: FakeRequest[] = []
  const waiting = new Set<() => void>()
  const queue: Script[] = []
  const failures: unknown[] = []
  const ongoing = new Set<Promise<void>>()
  const answer = createRoutes(options, queue)

  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    const task = handle().finally(() => ongoing.delete(task))
    ongoing.add(task)
    async function handle(): Promise<void> {
      const exchange = await readExchange(message, response)
      if (!exchange) return
      requests.push(exchange.request)
      for (const wake of waiting) wake()
      try {
        await answer(exchange)
      } catch (error) {
        failures.push(error)
        if (response.headersSent) response.destroy()
        else await sendBody(exchange, 500, { error: { message: `The test's script failed: ${String(error)}` } })
      }
    }
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const close = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    server.closeAllConnections()
    await closed
    await Promise.all(ongoing)
    const thrown = failures.splice(0)
    if (thrown.length > 0)
      throw new AggregateError(thrown, `the fake model server's script failed: ${thrown.join('; ')}`)
  }
  return {
    url: `http://127.0.0.1:${port}/v1`,
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    get chats() {
      return requests.filter((request) => request.path === '/v1/chat/completions')
    },
    script: (...replies) => void queue.push(...replies),
    received: (count) =>
      new Promise((resolve) => {
        const wake = (): void => {
          const request = requests[count - 1]
          if (!request) return
          waiting.delete(wake)
          resolve(request)
        }
        waiting.add(wake)
        wake()
      }),
    killConnections: () => server.closeAllConnections(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
