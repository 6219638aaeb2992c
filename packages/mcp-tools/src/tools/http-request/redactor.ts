import { type SecretPattern, toSecretPatterns } from './secret-pattern.ts'

/** A text that must not be seen, and the name to show in its place. */
export interface Secret {
  readonly name: string
  readonly text: string
}

/** Puts `[redacted:NAME]` where a secret was, however it is written. */
export interface Redactor {
  text(text: string): string
  /** A body in any encoding that keeps ASCII, UTF-16 and UTF-32 too; of a cut-off one also a cut-off secret at its end. */
  bytes(bytes: Buffer, complete: boolean): Buffer
  /** Whether `text` holds one, in any case: host names lose theirs. */
  finds(text: string): boolean
}

/** What stands between the characters of UTF-16 and UTF-32. */
const gap = String.raw`\0{0,3}`

/** Less of a secret's beginning than this is in ordinary text too, and of no use. */
const shortestPart = 4

/** Longest that one character may be written: an HTML entity with leading zeros. */
const longestUnit = 24

export function createRedactor(secrets: readonly Secret[]): Redactor | undefined {
  if (secrets.length === 0) return undefined
  // A secret that holds another goes first, or only a part of it would be found.
  const sorted = secrets.toSorted((one, other) => other.text.length - one.text.length)
  const patterns = sorted.map(({ text }) => toSecretPatterns(text))
  const source = patterns.map((ways) => `(${ways.map((units) => units.join(gap)).join('|')})`).join('|')
  const pattern = new RegExp(source, 'g')
  const anyCase = new RegExp(source, 'i')
  const starts = patterns.flatMap((ways, index) =>
    ways.map((units) => ({ name: sorted[index]?.name ?? '', units: toStepwise(units) })),
  )

  const replace = (text: string) =>
    text.replaceAll(pattern, (found: string, ...groups: unknown[]) => {
      const index = groups.findIndex((group) => group !== undefined)
      return toLabel(sorted[index]?.name ?? '', found)
    })
  return {
    text: (text) => replace(text),
    bytes(bytes, complete) {
      const text = bytes.toString('latin1')
      const replaced = replace(complete ? text : withoutCutSecret(text, starts))
      return replaced === text ? bytes : Buffer.from(replaced, 'latin1')
    },
    finds: (text) => anyCase.test(text),
  }
}

/** The label, as far apart as the characters it replaces. */
function toLabel(name: string, found: string): string {
  const [zeros = ''] = /(?<=^[^\0])\0+/.exec(found) ?? []
  return Array.from(`[redacted:${name}]`).join(zeros)
}

interface SecretStart {
  readonly name: string
  readonly units: readonly RegExp[]
}

function toStepwise(units: SecretPattern): readonly RegExp[] {
  return units.map((unit, index) => new RegExp(index === 0 ? unit : `${gap}${unit}`, 'y'))
}

/** `text` with a secret that its end cuts in two replaced. */
function withoutCutSecret(text: string, starts: readonly SecretStart[]): string {
  const longest = Math.max(...starts.map(({ units }) => units.length))
  for (let at = Math.max(0, text.length - longest * longestUnit); at < text.length; at += 1) {
    const found = starts.find(({ units }) => isCutAt(text, at, units))
    if (found !== undefined) return `${text.slice(0, at)}${toLabel(found.name, text.slice(at))}`
  }
  return text
}

/** Whether the text ends while it still reads like the secret. */
function isCutAt(text: string, start: number, units: readonly RegExp[]): boolean {
  let at = start
  for (const [index, unit] of units.entries()) {
    unit.lastIndex = at
    if (!unit.test(text)) {
      // What is left may be half of an escape.
      return index >= shortestPart && /^(?:\0{0,3}|[%\\&][\w#;\\]{0,20})$/.test(text.slice(at))
    }
    at = unit.lastIndex
  }
  return false
}
