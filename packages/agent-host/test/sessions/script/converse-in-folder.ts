// Started by tests: converses in the folder that is named, and says on stdout what was acknowledged.
import { writeSync } from 'node:fs'
import { openFolderStores } from '../../../src/runs/stores.ts'
import { createQuietLog } from '../quiet-log.ts'
import { converse } from './converse.ts'

const [folder = ''] = process.argv.slice(2)
// Written at once: what was acknowledged is not to be lost with the process.
await converse(openFolderStores(folder, { log: createQuietLog() }), (said) => writeSync(1, `${JSON.stringify(said)}\n`))
