import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { describeWith } from '../support/describe-with.ts'
import { storeKinds } from '../support/store-kinds.ts'
import { createQuietLog } from './quiet-log.ts'
import type { Said } from './script/converse.ts'
import { converseUntilKilled, expectKept } from './script/killed-conversations.ts'
import { openByEnvironment } from './script/open-by-environment.ts'

const moments = runs(200)

for (const { name, missing, start } of storeKinds) {
  describeWith(name, missing, () => {
    test(`a conversation killed with -9 at ${moments} random moments keeps all that was acknowledged, once and whole`, async () => {
      await using store = await start()
      const log = createQuietLog()
      const stores = await openByEnvironment(store.env, log)
      const said: Said[] = []
      for (const afterMs of fc.sample(fc.integer({ min: 0, max: 120 }), moments)) {
        said.push(...(await converseUntilKilled(store.env, afterMs)))
        await expectKept(stores, said)
        // In a folder its run is lost at once, as the process is dead; elsewhere its claims would have to run out.
        for (const { id } of await stores.runs.lost()) {
          const claim = await stores.runs.takeOver(id, 'test', 60_000)
          expect(claim).toBeDefined()
          if (claim) await stores.runs.end(claim, 'failed')
        }
        const last = said.findLast((each) => each.type === 'claimed')
        if (last) await stores.sessions.release(last.claim)
      }
      await stores.close()
      expect(said.filter(({ type }) => type === 'started').length).toBeGreaterThan(0)
      expect(log.said.filter((words) => words.includes('cannot be read'))).toEqual([])
    })
  })
}
