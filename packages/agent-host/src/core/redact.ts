const mark = '[redacted]'

/** Shorter ones are no secrets worth the name, and stand in every second word. */
const shortestKnown = 6

/** What keys look like wherever they stand. Each pattern starts at one place of a word only, so that all are linear. */
const patterns: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // JSON Web Tokens, signed (RFC 7515) or encrypted (RFC 7516).
  /(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){2,4}/g,
  // OpenAI, Anthropic, Stripe and those that copy them; then our own.
  /(?<![\w-])[rs]k[-_][\w-]{16,}/g,
  /(?<![\w-])ah-[\w-]{43}/g,
  // GitHub, GitLab, AWS, Slack, Google, Hugging Face, npm.
  /(?<!\w)(?:gh[opusr]_|github_pat_)\w{20,}/g,
  /(?<![\w-])glpat-[\w-]{16,}/g,
  /(?<!\w)(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)/g,
  /(?<![\w-])xox[a-z]-[\w-]{10,}/g,
  /(?<![\w-])AIza[\w-]{35}/g,
  /(?<!\w)(?:hf|npm)_[A-Za-z0-9]{20,}/g,
]

/** Words after which a secret stands: the words stay. */
const introductions: readonly RegExp[] = [
  /(authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|digest|token|apikey|negotiate)\s+)?[^\s"',;]+/gi,
  /((?:^|[^a-z])bearer\s+)[\w.~+/=-]{16,}/gi,
  /((?:api[-_]?key|password|passwd|client[-_]?secret|(?:access|refresh|auth)[-_]?token)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
  /((?:^|[^a-z-])(?:set-)?cookie\s*:\s*)[^\r\n"']+/gi,
  // The password in an address.
  /(\/\/[^/\s:@]*:)[^/\s@]+(?=@)/g,
]

/** Fields whose value is a secret, whatever it looks like. */
const secretField =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|.*(?:api[-_]?key|password|passwd|secret|access[-_]?token))$/i

export interface Redactor {
  text(text: string): string
  /** The same for every text in a JSON value, names of fields included. */
  value(value: unknown): unknown
}

/**
 * Takes secrets out of what is to be kept: those that are known, and whatever looks like a key. `known` are texts of
 * any length; those below 6 characters are left alone, as they would be found in plain words.
 */
export function createRedactor(known: readonly string[]): Redactor {
  const long = known.filter((secret) => secret.length >= shortestKnown)
  // The longest first: one may be a part of another.
  const secrets = [...new Set(long.flatMap((secret) => [secret, encodeURIComponent(secret)]))].toSorted(
    (a, b) => b.length - a.length,
  )
  function text(given: string): string {
    let shown = given
    for (const secret of secrets) shown = shown.replaceAll(secret, mark)
    for (const pattern of patterns) shown = shown.replaceAll(pattern, mark)
    for (const pattern of introductions) shown = shown.replaceAll(pattern, `$1${mark}`)
    return shown
  }
  function value(given: unknown): unknown {
    if (typeof given === 'string') return text(given)
    if (Array.isArray(given)) return given.map(value)
    if (typeof given !== 'object' || given === null) return given
    const fields = Object.entries(given).map(([name, inner]) => [
      text(name),
      secretField.test(name) && inner !== null && inner !== '' ? mark : value(inner),
    ])
    return Object.fromEntries(fields)
  }
  return { text, value }
}
