/** How often a property, kill or fuzz check runs: `full` under `pnpm test:long`, a tenth of it under `pnpm test`. */
export function runs(full: number): number {
  return process.env.TEST_LONG === '1' ? full : Math.ceil(full / 10)
}
