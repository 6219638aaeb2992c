// Started by tests: claims a session of the folder and writes to it until it is refused. Says each entry's id.
import { writeSync } from 'node:fs'
import { toHostError } from '../../../src/core/errors.ts'
import { openFolderStores } from '../../../src/runs/stores.ts'
import { messageDraft } from '../drafts.ts'
import { createQuietLog } from '../quiet-log.ts'

const [folder = '', id = '', ttl] = process.argv.slice(2)
const ttlMs = Number(ttl)
const { sessions } = openFolderStores(folder, { log: createQuietLog() })
const attempt = await sessions.claim(id, 'writer', ttlMs)
if (!attempt.claimed) throw new Error(`the session is held by ${attempt.owner}`)
let { claim } = attempt
try {
  while (true) {
    const [entry] = await sessions.append(claim, [messageDraft('from the writer')])
    writeSync(1, `${entry?.id}\n`)
    claim = await sessions.renew(claim, ttlMs)
  }
} catch (error) {
  writeSync(1, `${toHostError(error).code}\n`)
  process.exit()
}
