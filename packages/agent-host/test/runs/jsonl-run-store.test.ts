import { openDataFolder } from '../../src/files/data-folder.ts'
import { createJsonlRunStore } from '../../src/runs/jsonl/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { testRunStore } from './run-store-contract.ts'

testRunStore(
  'JSONL',
  async () => {
    const folder = createFolder()
    const open = () => createJsonlRunStore(openDataFolder(folder.path, { log: createQuietLog() }))
    const handles = [open(), open()]
    return {
      handles,
      async close() {
        await Promise.all(handles.map((handle) => handle.close()))
        folder[Symbol.dispose]()
      },
    }
  },
  runs(300),
)
