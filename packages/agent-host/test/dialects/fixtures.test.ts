import { describe, expect, it } from 'vitest'
import { findDialect } from '../../src/dialects/registry.ts'
import { fixtures } from './fixtures.ts'
import { readTurn, summarise } from './read-turn.ts'

describe.each(fixtures)('$dialect: $name', ({ dialect: name, input, tools, expected, options }) => {
  const dialect = findDialect(name)
  if (!dialect) throw new Error(`no dialect ${name}`)
  const given = { tools, ...options }
  const whole = readTurn(dialect, [input], given)

  it('means what it says', () => {
    const { problems, ...rest } = summarise(whole)
    expect(rest).toEqual({ content: expected.content, reasoning: expected.reasoning, calls: expected.calls })
    expect(problems).toEqual(
      expected.problems.map((problem) => ({ ...problem, problem: expect.stringContaining(problem.problem) as string })),
    )
  })

  it('means the same wherever it is cut in two, and character by character', () => {
    for (let at = 1; at < input.length; at++) {
      expect(readTurn(dialect, [input.slice(0, at), input.slice(at)], given), `cut at ${at}`).toEqual(whole)
    }
    expect(readTurn(dialect, input.split(''), given)).toEqual(whole)
  })

  it('runs no call that is cut off', () => {
    const calls = whole.filter((event) => event.type === 'tool-call')
    for (let at = 0; at < input.length; at++) {
      const cut = readTurn(dialect, [input.slice(0, at)], { ...given, how: 'length' })
      const run = cut.filter((event) => event.type === 'tool-call')
      expect(calls, `cut at ${at}`).toEqual(expect.arrayContaining(run))
      // The end of its JSON alone closes no call, as that of a Python list does: a closer or more text has to follow.
      const unclosed = run.filter(({ range }) => range?.end === at && /(?:\}|(?<!\))\])$/.test(input.slice(0, at)))
      expect(unclosed, `cut at ${at}`).toEqual([])
    }
  })
})
