import { expect, test } from 'vitest'
import { createRepeatedCalls } from '../../src/agent/repeated-calls.ts'

const echo = (text: string): { name: string; arguments: string } => ({ name: 'echo', arguments: text })

test('the third time is one too many, however the arguments are written', () => {
  const calls = createRepeatedCalls()
  expect(calls.add([echo('{"a":1,"b":[{"c":2,"d":3}]}')])).toBeUndefined()
  expect(calls.add([echo('{ "b": [{"d": 3, "c": 2}], "a": 1 }')])).toBeUndefined()
  expect(calls.add([echo('{"a":1,"b":[{"c":2,"d":3}]}')])).toBe('echo')
})

test('other arguments, another order in an array, or another tool are another call', () => {
  const calls = createRepeatedCalls()
  for (let i = 0; i < 2; i++) {
    expect(
      calls.add([echo('{"a":[1,2]}'), echo('{"a":[2,1]}'), { name: 'other', arguments: '{"a":[1,2]}' }]),
    ).toBeUndefined()
  }
})

test('what is not JSON is compared as it is', () => {
  const calls = createRepeatedCalls()
  expect(calls.add([echo('{'), echo('{')])).toBeUndefined()
  expect(calls.add([echo('{')])).toBe('echo')
})
