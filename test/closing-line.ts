import type { Reporter, TestModule, Vitest } from 'vitest/node'

/** Prints, at the very end, the seed of the properties and one plain line: `Tests: 12 passed, 0 failed, 0 skipped`. */
export default class ClosingLine implements Reporter {
  #seed = ''

  onInit(vitest: Vitest): void {
    this.#seed = String(vitest.config.env.FC_SEED)
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    let broken = 0
    for (const module of modules) {
      if (module.errors().length > 0) broken++
      for (const test of module.children.allTests()) count[test.result().state]++
    }
    const { passed, failed, skipped, pending } = count
    process.once('exit', () => {
      process.stdout.write(`Properties ran with the seed ${this.#seed}; FC_SEED=${this.#seed} repeats them.\n`)
      process.stdout.write(`Tests: ${passed} passed, ${failed + broken} failed, ${skipped + pending} skipped\n`)
    })
  }
}
