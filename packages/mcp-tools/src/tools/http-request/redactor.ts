import { createSecretMatcher, type Found, type SecretMatcher, shortestPart } from './secret-matcher.ts'

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

/** Makes a redactor; undefined where there is nothing to hide. What has fewer than 4 characters cannot be hidden. */
export function createRedactor(given: readonly Secret[]): Redactor | undefined {
  // A secret that holds another goes first, or only a part of it would be found.
  const secrets = given
    .filter(({ text }) => text.length >= shortestPart)
    .toSorted((one, other) => other.text.length - one.text.length)
  if (secrets.length === 0) return undefined
  const texts = secrets.map(({ text }) => text)
  const matcher = createSecretMatcher(texts)
  const anyCase = createSecretMatcher(texts, 'i')
  const toLabel = (text: string, { index, start, end }: Found) =>
    spaced(`[redacted:${secrets[index]?.name}]`, text.slice(start, end))

  const replace = (text: string) => {
    const parts: string[] = []
    let at = 0
    for (const found of all(matcher, text)) {
      parts.push(text.slice(at, found.start), toLabel(text, found))
      at = found.end
    }
    return at === 0 ? text : [...parts, text.slice(at)].join('')
  }
  return {
    text: replace,
    bytes(bytes, complete) {
      const text = bytes.toString('latin1')
      const cut = complete ? undefined : matcher.cut(text)
      const replaced = replace(cut === undefined ? text : `${text.slice(0, cut.start)}${toLabel(text, cut)}`)
      return replaced === text ? bytes : Buffer.from(replaced, 'latin1')
    },
    finds: (text) => anyCase.next(text, 0) !== undefined,
  }
}

function* all(matcher: SecretMatcher, text: string): Generator<Found> {
  for (let from = 0; ;) {
    const found = matcher.next(text, from)
    if (found === undefined) return
    yield found
    from = found.end
  }
}

/** The label with its characters as far apart as those that it replaces. */
function spaced(label: string, replaced: string): string {
  const [zeros = ''] = /(?<=^[^\0])\0+/.exec(replaced) ?? []
  return Array.from(label).join(zeros)
}
