import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServerFactory } from '../../src/server.ts'
import { type HttpEndpoint, serveOverHttp } from '../../src/transports/http.ts'
import { createFixtureFactory } from './fixture-server.ts'

// By path: its manifest does not export its program.
const suite = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)

let fixture: HttpEndpoint
let shipping: HttpEndpoint
let scratch: string

beforeAll(async () => {
  const options = { host: '127.0.0.1', port: 0, token: undefined, hosts: [], onError: () => undefined }
  fixture = await serveOverHttp(createFixtureFactory(), options)
  shipping = await serveOverHttp(createServerFactory(), options)
  scratch = await mkdtemp(join(tmpdir(), 'conformance-'))
})

afterAll(async () => {
  await fixture.close()
  await shipping.close()
  await rm(scratch, { recursive: true })
})

/** Runs what a revision requires. The verdict is what follows the summary, where the suite says what it minds. */
async function run(revision: string, { origin }: HttpEndpoint, args: readonly string[] = []) {
  const command = [suite, 'server', '--url', `${origin}/mcp`, '--requirements', revision, ...args]
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; verdict: string }>()
  execFile(process.execPath, command, { cwd: scratch, maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
    const summary = stdout.indexOf('=== SUMMARY ===')
    resolve({ code: error?.code ?? 0, verdict: summary < 0 ? stderr : stdout.slice(summary) })
  })
  return promise
}

const revisions = ['2025-11-25', '2026-07-28']

test.concurrent.each(revisions)('our HTTP wiring meets all that %s requires', async (revision) => {
  expect(await run(revision, fixture)).toMatchObject({
    code: 0,
    verdict: expect.stringMatching(/Total: \d{2,} passed/),
  })
})

test.concurrent.each(revisions)('the server meets what %s requires but for the fixtures it lacks', async (revision) => {
  const expected = fileURLToPath(new URL(`expected-failures.${revision}.yaml`, import.meta.url))
  expect(await run(revision, shipping, ['--expected-failures', expected])).toMatchObject({
    code: 0,
    verdict: expect.stringMatching(/Total: \d{2,} passed/),
  })
})
