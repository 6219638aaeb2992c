import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/** The program's path, in these folders or on the PATH. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  const all = [...folders, ...(process.env.PATH ?? '').split(delimiter)]
  return all.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const closed = once(server, 'close')
  server.close()
  await closed
  if (typeof address !== 'object' || address === null) throw new Error('no port was given')
  return address.port
}

/**
 * Tests that need a service: where it is missing they are skipped, under a name that says why. With REQUIRE_SERVICES=1,
 * as in CI, they run, and fail, in any case.
 */
export function describeWith(name: string, missing: readonly (string | undefined)[], tests: () => void): void {
  const why = missing.filter((each) => each !== undefined)
  const skipped = why.length > 0 && process.env.REQUIRE_SERVICES !== '1'
  describe.skipIf(skipped)(`${name}${skipped ? ` (skipped: ${why.join(', ')})` : ''}`, () => {
    tests()
  })
}
