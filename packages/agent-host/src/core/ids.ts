import { randomBytes } from 'node:crypto'

type Prefix = 'run' | 'msg' | 'call' | 'session' | 'entry' | 'resp' | 'conv'

/** A new id like `msg_0f3a…`: its kind, then 24 random hexadecimal digits. */
export function createId(prefix: Prefix): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
