// Started by tests: converses in the stores that its environment names, and says on stdout what was acknowledged.
import { writeSync } from 'node:fs'
import { converse } from './converse.ts'
import { openByEnvironment } from './open-by-environment.ts'

// Written at once: what was acknowledged is not to be lost with the process.
await converse(await openByEnvironment(process.env), (said) => writeSync(1, `${JSON.stringify(said)}\n`))
