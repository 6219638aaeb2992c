import { openDataFolder } from '../../src/files/data-folder.ts'
import { createJsonlRecordStore } from '../../src/sessions/jsonl/record-store.ts'
import { createJsonlSessionStore } from '../../src/sessions/jsonl/session-store.ts'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { createQuietLog } from './quiet-log.ts'
import { testRecordStore } from './record-contract.ts'
import { testSessionStore } from './store-contract.ts'

testSessionStore(
  'JSONL',
  async () => {
    const folder = createFolder()
    const open = () => createJsonlSessionStore(openDataFolder(folder.path, { log: createQuietLog() }))
    const handles = [open(), open()]
    return {
      handles,
      async close() {
        await Promise.all(handles.map((handle) => handle.close()))
        folder[Symbol.dispose]()
      },
    }
  },
  runs(500),
)

testRecordStore('JSONL', async (lifetimes) => {
  const folder = createFolder()
  const open = () => createJsonlRecordStore(openDataFolder(folder.path, { log: createQuietLog() }), lifetimes)
  return { handles: [open(), open()], close: async () => folder[Symbol.dispose]() }
})
