import { createHash } from 'node:crypto'

/** A Lua program that Redis runs as one step. It returns a list of strings. */
export interface Script {
  text: string
  /** What Redis knows it by once it has run it. */
  sha: string
}

/** Milliseconds by the clock of Redis, which all processes share. */
const now = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function text(number)
  return string.format('%.0f', number)
end
`

/** The program may call `now()`, and `text(number)` for a whole number. */
export function createScript(program: string): Script {
  const text = now + program
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
