import { defineConfig } from 'vitest/config'

// One seed for the whole run, so that a failure anywhere can be had again: FC_SEED=… pnpm test.
const seed = process.env.FC_SEED ?? String(Date.now() % 0x7fffffff)

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    env: { FC_SEED: seed },
    reporters: ['default', './test/closing-line.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
