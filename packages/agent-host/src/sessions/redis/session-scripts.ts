import { createScript } from '../../redis/script.ts'

// KEYS are those of `sessionKeys`: about, entries, ids, intents.

/** Whether the claim with this token is good. Scripts that write under a claim begin with it. */
const held = `
local function held(token)
  local claim = redis.call('HMGET', KEYS[1], 'token', 'expires')
  return claim[1] == token and claim[2] and tonumber(claim[2]) > now()
end
`

/** Adds entries, each given as its JSON, its id and the key of its intent or '', from the argument `first` on. */
const addEntries = `
local function addEntries(first)
  for i = first, #ARGV, 3 do
    redis.call('RPUSH', KEYS[2], ARGV[i])
    redis.call('SADD', KEYS[3], ARGV[i + 1])
    if ARGV[i + 2] ~= '' then redis.call('SADD', KEYS[4], ARGV[i + 2]) end
    redis.call('HSET', KEYS[1], 'head', ARGV[i + 1])
  end
end
`

/**
 * ARGV: title, metadata, createdAt, forkedFrom or '', entries. Tokens begin with the time in microseconds, so that one
 * of a session that was deleted is not met again.
 */
export const createSession = createScript(`${addEntries}
if redis.call('EXISTS', KEYS[1]) == 1 then return { 'exists' } end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'title', ARGV[1], 'metadata', ARGV[2], 'createdAt', ARGV[3], 'updatedAt', ARGV[3],
  'token', text(time[1] * 1000000 + time[2]))
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'forkedFrom', ARGV[4]) end
addEntries(5)
return { 'ok' }
`)

/** ARGV: fields and values in turn. Gives all fields. */
export const changeSession = createScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'none' } end
for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return redis.call('HGETALL', KEYS[1])
`)

/** Those who wait for the session learn that there is none. */
export const deleteSession = createScript(`
local claim = redis.call('HMGET', KEYS[1], 'owner', 'expires')
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'none' } end
if claim[2] and tonumber(claim[2]) > now() then return { 'held', claim[1], claim[2] } end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('PUBLISH', KEYS[1], '')
return { 'ok' }
`)

/** ARGV: owner, milliseconds. */
export const claimSession = createScript(`
local claim = redis.call('HMGET', KEYS[1], 'owner', 'expires')
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'none' } end
if claim[2] and tonumber(claim[2]) > now() then return { 'held', claim[1], claim[2] } end
local token = redis.call('HINCRBY', KEYS[1], 'token', 1)
local expires = text(now() + ARGV[2])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'expires', expires)
return { 'ok', text(token), expires }
`)

/** ARGV: token, milliseconds. */
export const renewSession = createScript(`${held}
if not held(ARGV[1]) then return { 'stale' } end
local expires = text(now() + ARGV[2])
redis.call('HSET', KEYS[1], 'expires', expires)
return { 'ok', expires }
`)

/** ARGV: token. */
export const releaseSession = createScript(`${held}
if not held(ARGV[1]) then return { 'stale' } end
redis.call('HDEL', KEYS[1], 'owner', 'expires')
redis.call('PUBLISH', KEYS[1], '')
return { 'ok' }
`)

/** Who holds it, and for how many milliseconds more. */
export const sessionHolder = createScript(`
local expires = redis.call('HGET', KEYS[1], 'expires')
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'none' } end
local left = expires and tonumber(expires) - now() or 0
if left <= 0 then return { 'free' } end
return { 'held', text(left) }
`)

/**
 * ARGV: token, updatedAt, '1' where the first entry follows the head, number of parents to be there, these, entries.
 * The first entry's parent is then put before its other fields. Gives the head that it follows.
 */
export const appendEntries = createScript(`${held}${addEntries}
if not held(ARGV[1]) then return { 'stale' } end
local first = 5 + ARGV[4]
for i = 5, first - 1 do
  if redis.call('SISMEMBER', KEYS[3], ARGV[i]) == 0 then return { 'no-parent', ARGV[i] } end
end
local seen = {}
for i = first + 2, #ARGV, 3 do
  local intent = ARGV[i]
  if intent ~= '' then
    if seen[intent] or redis.call('SISMEMBER', KEYS[4], intent) == 1 then
      return { 'started', text((i - first - 2) / 3) }
    end
    seen[intent] = true
  end
end
local head = redis.call('HGET', KEYS[1], 'head')
if #ARGV < first then return { 'ok' } end
if ARGV[3] == '1' then
  ARGV[first] = '{"parentId":' .. (head and '"' .. head .. '"' or 'null') .. ',' .. string.sub(ARGV[first], 2)
end
addEntries(first)
redis.call('HSET', KEYS[1], 'updatedAt', ARGV[2])
return { 'ok', head or '' }
`)
