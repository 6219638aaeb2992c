import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// One seed for the whole run, so that a failure anywhere can be had again: FC_SEED=… pnpm test. CI always draws the same
// texts, so that a change is judged by what it changes; everyone else, and the nightly `test:long`, draws new ones.
const long = process.env.TEST_LONG === '1'
const drawn = process.env.CI === 'true' && !long ? '20261120' : String(Date.now() % 0x7fffffff)
const seed = process.env.FC_SEED ?? drawn

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    env: { FC_SEED: seed },
    reporters: ['default', './test/closing-line.ts'],
    // Much of a test is waiting for processes and timers: a core is not to be idle meanwhile.
    maxWorkers: availableParallelism() + 1,
    // Only to end what hangs: a property at its full count takes minutes.
    testTimeout: long ? 1_800_000 : 120_000,
    hookTimeout: 120_000,
  },
})
