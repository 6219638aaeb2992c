import { type SecretPattern, toSecretPatterns } from './secret-pattern.ts'

/** Where a text holds a secret, or the beginning of one. */
export interface Found {
  readonly start: number
  readonly end: number
  /** Which of the secrets. */
  readonly index: number
}

/** Finds secrets, however they are written. */
export interface SecretMatcher {
  /** The first one at or after `from`; where two begin at one place, the one that comes first in the list. */
  next(text: string, from: number): Found | undefined
  /** The beginning of one that the end of `text` cuts in two. */
  cut(text: string): Found | undefined
}

/** Less of a secret's beginning than this is in ordinary text too, and of no use. */
export const shortestPart = 4

/** What stands between the characters of UTF-16 and UTF-32. */
const gap = String.raw`\0{0,3}`

/**
 * Units that are matched together from one on that can be read in several ways: a percent sign is also the beginning of
 * an escape. All others are matched one by one, as a long expression takes seconds to compile, or does not at all, and
 * its error would quote the secret.
 */
const unitsTogether = 7
const mostUnitsTogether = 64

const tricky = new Set(['%', '&', '\\'].map((character) => toSecretPatterns(character)[0]?.[0]))

/** Longest that one character may be written: an HTML entity with leading zeros. */
const longestUnit = 24

/** What is left of a text that ends within an escape. */
const halfEscape = /^(?:\0{0,3}|[%\\&][\w#;\\]{0,20})$/

interface Way {
  readonly index: number
  readonly units: SecretPattern
  /** Each begins where the one before ended. */
  readonly steps: readonly RegExp[]
}

/** A matcher for `secrets`; `flags` may be `i`. */
export function createSecretMatcher(secrets: readonly string[], flags = ''): SecretMatcher {
  // A secret has few characters that differ, and its Base64 too.
  const known = new Map<string, RegExp>()
  const toStep: ToStep = (units, isFirst) => {
    const source = `${isFirst ? '' : gap}${units.join(gap)}`
    const step = known.get(source) ?? new RegExp(source, `y${flags}`)
    known.set(source, step)
    return step
  }
  const ways = secrets.flatMap((text, index) =>
    toSecretPatterns(text).map((units): Way => ({ index, units, steps: toSteps(units, toStep) })),
  )
  // A place where none of these is need not be looked at.
  const heads = new RegExp(ways.map(({ units }) => units.slice(0, shortestPart).join(gap)).join('|'), `g${flags}`)
  const longest = Math.max(...ways.map(({ units }) => units.length)) * longestUnit

  function* candidates(text: string, from: number): Generator<number> {
    for (heads.lastIndex = from; ;) {
      const start = heads.exec(text)?.index
      if (start === undefined) return
      yield start
      heads.lastIndex = start + 1
    }
  }
  return {
    next(text, from) {
      for (const start of candidates(text, from)) {
        for (const { index, steps } of ways) {
          const end = matchSteps(text, start, steps)
          if (end !== undefined) return { start, end, index }
        }
      }
      return undefined
    },
    cut(text) {
      for (const start of candidates(text, Math.max(0, text.length - longest))) {
        const way = ways.find(({ units }) => isCutAt(text, start, units, toStep))
        if (way !== undefined) return { start, end: text.length, index: way.index }
      }
      return undefined
    },
  }
}

/** An expression for some units of a secret, from its beginning or further on. */
type ToStep = (units: SecretPattern, isFirst: boolean) => RegExp

function toSteps(units: SecretPattern, toStep: ToStep): readonly RegExp[] {
  const steps: RegExp[] = []
  for (let first = 0, next = 1; first < units.length; first = next, next = first + 1) {
    for (let index = first; index < next; index += 1) {
      if (tricky.has(units[index])) next = Math.min(index + unitsTogether, first + mostUnitsTogether, units.length)
    }
    steps.push(toStep(units.slice(first, next), first === 0))
  }
  return steps
}

function matchSteps(text: string, start: number, steps: readonly RegExp[]): number | undefined {
  let at = start
  for (const step of steps) {
    step.lastIndex = at
    if (!step.test(text)) return undefined
    at = step.lastIndex
  }
  return at
}

/** Whether the text ends while it still reads like the secret. */
function isCutAt(text: string, start: number, units: SecretPattern, toStep: ToStep): boolean {
  let at = start
  for (const [index, unit] of units.entries()) {
    const step = toStep([unit], index === 0)
    step.lastIndex = at
    if (!step.test(text)) return index >= shortestPart && halfEscape.test(text.slice(at, at + longestUnit * 2))
    at = step.lastIndex
  }
  return false
}
