import { createScript } from '../../redis/script.ts'

// KEYS are those of `runKeys`: about, log. Of a run that has not ended, `endedAt` is not there.

/** Whether the claim with this token is good. Scripts that write under a claim begin with it. */
const held = `
local function held(token)
  local run = redis.call('HMGET', KEYS[1], 'token', 'expires', 'endedAt')
  return run[1] == token and tonumber(run[2]) > now() and not run[3]
end
`

/** ARGV: milliseconds, then fields and values in turn. */
export const createRun = createScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return { 'exists' } end
local expires = text(now() + ARGV[1])
redis.call('HSET', KEYS[1], 'token', '1', 'last', '0', 'expires', expires)
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return { 'ok', expires }
`)

/** ARGV: token, then fields and values in turn. Everybody looks again. */
export const changeRun = createScript(`${held}
if not held(ARGV[1]) then return { 'stale' } end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PUBLISH', KEYS[1], '')
redis.call('PUBLISH', KEYS[2], '')
return { 'ok' }
`)

/** ARGV: token, milliseconds. */
export const renewRun = createScript(`${held}
if not held(ARGV[1]) then return { 'stale' } end
local expires = text(now() + ARGV[2])
redis.call('HSET', KEYS[1], 'expires', expires)
return { 'ok', expires }
`)

/** ARGV: owner, milliseconds. */
export const takeOverRun = createScript(`
local run = redis.call('HMGET', KEYS[1], 'expires', 'endedAt')
if not run[1] then return { 'none' } end
if run[2] or tonumber(run[1]) > now() then return { 'refused' } end
local expires = text(now() + ARGV[2])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'expires', expires)
return { 'ok', text(redis.call('HINCRBY', KEYS[1], 'token', 1)), expires }
`)

/**
 * Takes the run as another store has it. ARGV: token, then fields and values in turn. One that was taken over since is
 * left as it is.
 */
export const mirrorRun = createScript(`
local known = tonumber(redis.call('HGET', KEYS[1], 'token') or '0')
if known > tonumber(ARGV[1]) then return { 'stale' } end
redis.call('HSETNX', KEYS[1], 'last', '0')
redis.call('HSET', KEYS[1], 'token', ARGV[1])
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PUBLISH', KEYS[1], '')
redis.call('PUBLISH', KEYS[2], '')
return { 'ok' }
`)

/** ARGV: token, number of the first event, events. What the log has already is skipped. */
export const appendEvents = createScript(`${held}
if not held(ARGV[1]) then return { 'stale' } end
local last = tonumber(redis.call('HGET', KEYS[1], 'last'))
local from = tonumber(ARGV[2])
if from > last + 1 then return { 'gap', text(last) } end
for i = 3, #ARGV do
  local number = from + i - 3
  if number > last then
    redis.call('XADD', KEYS[2], text(number) .. '-0', 'event', ARGV[i])
    last = number
  end
end
redis.call('HSET', KEYS[1], 'last', text(last))
redis.call('PUBLISH', KEYS[2], '')
return { 'ok' }
`)

export const cancelRun = createScript(`
local run = redis.call('HMGET', KEYS[1], 'id', 'endedAt')
if not run[1] then return { 'none' } end
if run[2] then return { 'ended' } end
redis.call('HSET', KEYS[1], 'cancelRequested', '1')
redis.call('PUBLISH', KEYS[1], '')
return { 'ok' }
`)
