import { expect, test } from 'vitest'
import { createCapabilityMemory } from '../../src/backend/capabilities.ts'
import { offerTools } from '../../src/backend/offered-tools.ts'

const minute = 60_000

test('the best rung is tried until another is known to work', () => {
  const known = createCapabilityMemory().of('http://a.test/v1', 'm')
  expect([known.rung(), known.sees('tools'), known.sees('functions')]).toEqual(['tools', undefined, undefined])
  known.learn('functions', true)
  expect([known.rung(), known.sees('functions')]).toEqual(['functions', true])
  known.learn('tools', true)
  expect(known.rung()).toBe('tools')
  known.learn('tools', false)
  expect([known.rung(), known.sees('tools')]).toEqual(['functions', false])
})

test('a rung that is known not to work is still where one begins, where no other is known', () => {
  const known = createCapabilityMemory().of('http://a.test/v1', 'm')
  known.learn('functions', false)
  expect(known.rung()).toBe('tools')
})

test('what was learned is forgotten after ten minutes, rung by rung', () => {
  let now = 0
  const known = createCapabilityMemory(() => now).of('http://a.test/v1', 'm')
  known.learn('functions', true)
  now = 5 * minute
  known.learn('tools', false)
  now = 10 * minute - 1
  expect([known.sees('functions'), known.rung()]).toEqual([true, 'functions'])
  now = 10 * minute
  expect([known.sees('functions'), known.sees('tools'), known.rung()]).toEqual([undefined, false, 'tools'])
  now = 15 * minute
  expect(known.sees('tools')).toBeUndefined()
})

test('each server and model is remembered on its own', () => {
  const memory = createCapabilityMemory()
  memory.of('http://a.test/v1', 'm').learn('functions', true)
  memory.of('http://a.test/v1', 'm').avoided.add('tool-role')
  expect(memory.of('http://a.test/v1', 'm').rung()).toBe('functions')
  expect([...memory.of('http://a.test/v1', 'm').avoided]).toEqual(['tool-role'])
  for (const other of [memory.of('http://a.test/v1', 'n'), memory.of('http://b.test/v1', 'm')]) {
    expect([other.rung(), other.avoided.size]).toEqual(['tools', 0])
  }
})

test('tools are offered as the rung has them', () => {
  const parameters = { type: 'object', properties: {} }
  const tools = [
    { name: 'f', description: 'Does it.', parameters },
    { name: 'g', parameters },
  ]
  const functions = [
    { name: 'f', description: 'Does it.', parameters },
    { name: 'g', parameters },
  ]
  expect(offerTools(tools, 'functions', true)).toEqual({ functions })
  const wrapped = functions.map((definition) => ({ type: 'function', function: definition }))
  expect(offerTools(tools, 'tools', false)).toEqual({ tools: wrapped, parallel_tool_calls: false })
  expect(offerTools(tools, 'tools', true)).toEqual({ tools: wrapped, parallel_tool_calls: true })
  expect(offerTools([], 'tools', true)).toEqual({})
  expect(offerTools([], 'functions', false)).toEqual({})
})
