// Started by tests: claims a session of the stores that its environment names, and writes to it until it is refused. Says each entry's id.
import { writeSync } from 'node:fs'
import { toHostError } from '../../../src/core/errors.ts'
import { messageDraft } from '../drafts.ts'
import { openByEnvironment } from './open-by-environment.ts'

const [id = '', ttl] = process.argv.slice(2)
const ttlMs = Number(ttl)
const { sessions } = await openByEnvironment(process.env)
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
