import type { Reporter, TestModule } from 'vitest/node'

/** Prints one plain line at the very end, for whatever reads the log: `Tests: 12 passed, 0 failed, 0 skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    let broken = 0
    for (const module of modules) {
      if (module.errors().length > 0) broken++
      for (const test of module.children.allTests()) count[test.result().state]++
    }
    const { passed, failed, skipped, pending } = count
    process.once('exit', () => {
      process.stdout.write(`Tests: ${passed} passed, ${failed + broken} failed, ${skipped + pending} skipped\n`)
    })
  }
}
