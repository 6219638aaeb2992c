import { randomBytes } from 'node:crypto'

type Prefix = 'run' | 'msg' | 'call' | 'session' | 'entry' | 'resp' | 'conv'

/** Whether it is like those that {@link createId} makes. */
export function isCreatedId(prefix: Prefix, text: string): boolean {
  return new RegExp(`^${prefix}_[0-9a-f]{24}$`).test(text)
}

/** A new id like `msg_0f3a…`: its kind, then 24 random hexadecimal digits. */
export function createId(prefix: Prefix): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
