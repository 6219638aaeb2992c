import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameTools, type Origin } from '../../src/catalog/tool-names.ts'
import { runs } from '../../../../test/scale.ts'

const origin = (text: string): Origin => {
  const [server = '', tool = ''] = text.split('/')
  return { server, tool }
}
const names = (...origins: string[]): string[] => nameTools(origins.map(origin))

test('a tool keeps its own name; where two servers have it, both are qualified', () => {
  expect(names('a/read', 'a/write', 'b/list')).toEqual(['read', 'write', 'list'])
  expect(names('a/read', 'b/read', 'b/list')).toEqual(['a__read', 'b__read', 'list'])
})

test('characters that no model server takes become _, and may clash then', () => {
  expect(names('a/files.read', 'a/읽기!')).toEqual(['files_read', '___'])
  expect(names('my server/read', 'b/read')).toEqual(['my_server__read', 'b__read'])
  const [first, second] = names('a/x.y', 'b/x y')
  expect([first, second]).toEqual(['a__x_y', 'b__x_y'])
  const same = names('a/x.y', 'a/x y')
  expect(new Set(same).size).toBe(2)
  for (const name of same) expect(name).toMatch(/^a__x_y_[0-9a-f]{8}$/)
})

test('names that are too long end in a hash of the whole, qualified ones too', () => {
  const long = 'x'.repeat(70)
  const [first, second] = names(`a/${long}1`, `a/${long}2`)
  expect(first).toMatch(/^x{55}_[0-9a-f]{8}$/)
  expect(second).toMatch(/^x{55}_[0-9a-f]{8}$/)
  expect(first).not.toBe(second)
  expect(names(`a/${'x'.repeat(64)}`)).toEqual(['x'.repeat(64)])
  const qualified = names(`a/${'x'.repeat(64)}`, `b/${'x'.repeat(64)}`)
  expect(qualified).toEqual([expect.stringMatching(/^a__x{52}_[0-9a-f]{8}$/), expect.stringMatching(/^b__x{52}_/)])
})

test('a name that looks qualified does not take the place of one that is', () => {
  const all = names('a/read', 'b/read', 'c/a__read')
  expect(new Set(all).size).toBe(3)
})

test('a tool without a name gets one', () => {
  expect(names('a/')).toEqual([expect.stringMatching(/^_[0-9a-f]{8}$/)])
})

describe('whatever servers call their tools', () => {
  const odd = fc.oneof(
    fc.constantFrom('read', 'write', 'a__read', 'read.it', 'read it', 'x'.repeat(64), 'x'.repeat(65), 'y'.repeat(200)),
    fc.string({ unit: 'binary', maxLength: 80 }),
  )
  const origins = fc.uniqueArray(fc.record({ server: fc.constantFrom('a', 'b', 'a__read', 'my server'), tool: odd }), {
    selector: ({ server, tool }) => JSON.stringify([server, tool]),
    maxLength: 12,
  })

  test('names are unique, fit what model servers take, and are the same every time', () => {
    fc.assert(
      fc.property(origins, (listed) => {
        const named = nameTools(listed)
        expect(named).toHaveLength(listed.length)
        expect(new Set(named).size).toBe(listed.length)
        for (const name of named) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
        expect(nameTools(listed)).toEqual(named)
      }),
      { numRuns: runs(5000) },
    )
  })

  test('names do not depend on the order of the servers', () => {
    fc.assert(
      fc.property(origins, (listed) => {
        expect(nameTools(listed.toReversed())).toEqual(nameTools(listed).toReversed())
      }),
      { numRuns: runs(2000) },
    )
  })
})
