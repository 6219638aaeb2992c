import { describe } from 'vitest'

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
