import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { callsOf, readTurn } from './read-turn.ts'

const call = (index: number | null, fields: { id?: string | null; name?: string; arguments?: unknown }): object => ({
  tool_calls: [{ index, id: fields.id, function: { name: fields.name, arguments: fields.arguments } }],
})
const finish = 'tool_calls'

test('a call that comes in pieces', () => {
  const deltas = [
    call(0, { id: 'a', name: 'f', arguments: '' }),
    call(0, { arguments: '{"x"' }),
    call(0, { arguments: ':1}' }),
  ]
  expect(readTurn(deltas, { finish })).toEqual([
    { type: 'tool-input-start', index: 0, id: 'a', name: 'f' },
    { type: 'tool-input-delta', index: 0, text: '{"x"' },
    { type: 'tool-input-delta', index: 0, text: ':1}' },
    { type: 'tool-input-end', index: 0 },
    { type: 'tool-call', index: 0, id: 'a', name: 'f', arguments: '{"x":1}' },
    { type: 'finish', reason: 'tool-calls', raw: 'tool_calls' },
  ])
})

test('however the arguments of parallel calls interleave, each is the concatenation of its own pieces', () => {
  const piece = fc.tuple(fc.nat({ max: 2 }), fc.string({ minLength: 1, maxLength: 3 }))
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const opened = [0, 1, 2].map((index) => call(index, { id: `id${index}`, name: `f${index}` }))
      const events = readTurn([...opened, ...pieces.map(([index, text]) => call(index, { arguments: text }))], {
        finish,
      })
      const ended = events.filter((event) => event.type === 'tool-call' || event.type === 'malformed-call')
      expect(ended.map(({ id }) => id)).toEqual(['id0', 'id1', 'id2'])
      for (const [index, end] of ended.entries()) {
        const own = pieces.flatMap(([at, text]) => (at === index ? text : [])).join('')
        const streamed = events.flatMap((event) =>
          event.type === 'tool-input-delta' && event.index === end.index ? event.text : [],
        )
        expect(streamed.join('')).toBe(own.trim() === '' ? `${own}{}` : own)
        expect(end.type === 'tool-call' ? end.arguments : end.raw).toBe(streamed.join(''))
      }
    }),
    { numRuns: runs(2000) },
  )
})

describe('servers that number calls in their own way', () => {
  test.each<[string, object[]]>([
    [
      'different ids under one index',
      [call(0, { id: 'a', name: 'f', arguments: '{"x":1}' }), call(0, { id: 'b', name: 'f', arguments: '{"x":2}' })],
    ],
    [
      'different ids under one index, in pieces that interleave',
      [
        call(0, { id: 'a', name: 'f', arguments: '{"x"' }),
        call(0, { id: 'b', name: 'f', arguments: '{"x"' }),
        call(0, { id: 'a', arguments: ':1}' }),
        call(0, { id: 'b', arguments: ':2}' }),
      ],
    ],
    [
      'no index, in one chunk',
      [
        {
          tool_calls: [
            { id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', function: { name: 'f', arguments: '{"x":2}' } },
          ],
        },
      ],
    ],
    [
      'no index, in a chunk each',
      [
        call(null, { id: 'a', name: 'f', arguments: '{"x":1}' }),
        call(null, { id: 'b', name: 'f', arguments: '{"x":2}' }),
      ],
    ],
    [
      'id and name in every piece',
      [
        call(0, { id: 'a', name: 'f', arguments: '{"x"' }),
        call(0, { id: 'a', name: 'f', arguments: ':1}' }),
        call(1, { id: 'b', name: 'f', arguments: '{"x":2}' }),
      ],
    ],
  ])('%s', (_, deltas) => {
    expect(callsOf(readTurn(deltas, { finish }))).toEqual(['a f {"x":1}', 'b f {"x":2}'])
  })

  test('no ids: they are made, and another name is another call', () => {
    const deltas = [
      call(0, { id: '', name: 'f', arguments: '{}' }),
      call(0, { id: null, name: 'g', arguments: '{"a":1}' }),
      call(1, { name: 'h', arguments: '{}' }),
    ]
    expect(callsOf(readTurn(deltas, { finish }))).toEqual(['made-0 f {}', 'made-1 g {"a":1}', 'made-2 h {}'])
  })

  test('a piece of a call that never began is dropped', () => {
    expect(readTurn([call(0, { arguments: '{}' }), { tool_calls: [{ index: 1 }] }], { finish: 'stop' })).toEqual([
      { type: 'finish', reason: 'stop', raw: 'stop' },
    ])
  })
})

describe('arguments', () => {
  test.each<[string, unknown, string]>([
    ['an object', { x: { y: [1] } }, 'a f {"x":{"y":[1]}}'],
    ['an empty object', {}, 'a f {}'],
    ['nothing', undefined, 'a f {}'],
    ['null', null, 'a f {}'],
    ['an empty text', '', 'a f {}'],
    ['a text that is not JSON', '{"x": ', 'a f {"x":  !! The arguments are not a JSON object.'],
    ['a JSON array', '[1]', 'a f [1] !! The arguments are not a JSON object.'],
    ['a JSON text', '"x"', 'a f "x" !! The arguments are not a JSON object.'],
    ['two objects', '{}{}', 'a f {}{} !! The arguments are not a JSON object.'],
  ])('%s', (_, given, expected) => {
    expect(callsOf(readTurn([call(0, { id: 'a', name: 'f', arguments: given })], { finish }))).toEqual([expected])
  })

  test('that fail are streamed all the same, and the turn has no call', () => {
    const events = readTurn([call(0, { id: 'a', name: 'f', arguments: '[1]' })], { finish: 'stop' })
    expect(events.map(({ type }) => type)).toEqual([
      'tool-input-start',
      'tool-input-delta',
      'tool-input-end',
      'malformed-call',
      'finish',
    ])
    expect(events.at(-1)).toMatchObject({ reason: 'stop' })
  })
})

test('function_call is a call too, whole or in pieces', () => {
  const pieces = [
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{"x"' } },
    { function_call: { name: 'f', arguments: ':1}' } },
  ]
  expect(callsOf(readTurn(pieces, { finish: 'function_call' }))).toEqual(['made-0 f {"x":1}'])
  const whole = [{ function_call: { name: 'f', arguments: { x: 1 } } }]
  expect(callsOf(readTurn(whole, { finish: 'stop' }))).toEqual(['made-0 f {"x":1}'])
  expect(readTurn(whole, { finish: 'stop' }).at(-1)).toEqual({ type: 'finish', reason: 'tool-calls', raw: 'stop' })
})

describe('a turn that was cut off', () => {
  const deltas = [
    call(0, { id: 'a', name: 'f', arguments: '{"x":1}' }),
    call(1, { id: 'b', name: 'g', arguments: '{"path":"/"}' }),
  ]

  test.each(['length', 'content_filter', 'abort', 'error'])('%s never runs its last call', (reason) => {
    const [first, last, ...rest] = callsOf(readTurn(deltas, { finish: reason }))
    expect(first).toBe('a f {"x":1}')
    expect(last).toMatch(/^b g \{"path":"\/"\} !! The answer ended \([a-z-]+\) before the call was complete\.$/)
    expect(rest).toEqual([])
  })

  test('a call without arguments is not completed either', () => {
    const [only] = callsOf(readTurn([call(0, { id: 'a', name: 'f' })], { finish: 'length' }))
    expect(only).toBe('a f  !! The answer ended (length) before the call was complete.')
  })

  test('stop and no reason at all leave calls whole', () => {
    for (const reason of ['stop', null]) {
      const events = readTurn(deltas, { finish: reason })
      expect(callsOf(events)).toEqual(['a f {"x":1}', 'b g {"path":"/"}'])
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool-calls' })
    }
  })
})
