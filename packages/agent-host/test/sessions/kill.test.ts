import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFolderStores } from '../../src/runs/stores.ts'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { createQuietLog } from './quiet-log.ts'
import type { Said } from './script/converse.ts'
import { converseUntilKilled, expectKept } from './script/killed-conversations.ts'

const program = join(import.meta.dirname, 'script/converse-in-folder.ts')

test('JSONL: a conversation killed with -9 at random moments keeps all that was acknowledged, once and whole', async () => {
  using folder = createFolder()
  const log = createQuietLog()
  const stores = openFolderStores(folder.path, { log })
  const said: Said[] = []
  for (const afterMs of fc.sample(fc.integer({ min: 0, max: 120 }), runs(200))) {
    said.push(...(await converseUntilKilled({ program, args: [folder.path] }, afterMs)))
    await expectKept(stores, said)
    // Its run is lost at once, as the process is dead; no claim has to run out.
    for (const { id } of await stores.runs.lost()) {
      const claim = await stores.runs.takeOver(id, 'test', 60_000)
      expect(claim).toBeDefined()
      if (claim) await stores.runs.end(claim, 'failed')
    }
  }
  await stores.close()
  expect(said.filter(({ type }) => type === 'started').length).toBeGreaterThan(0)
  expect(log.said.filter((words) => words.includes('cannot be read'))).toEqual([])
})
