/** Ends of names that are never looked up on the public internet, each with what it stands for. */
const internalSuffixes: readonly (readonly [suffix: string, meaning: string])[] = [
  // RFC 6761 section 6.3.
  ['localhost', 'this machine'],
  ['localdomain', 'this machine'],
  // ICANN's reserved name for private use.
  ['internal', 'a private network'],
  // RFC 6762: multicast DNS.
  ['local', 'the local network'],
  ['svc', 'a cluster service'],
  // RFC 8375.
  ['home.arpa', 'a home network'],
  // RFC 7686.
  ['onion', 'the Tor network'],
  ['lan', 'the local network'],
  ['intranet', 'a private network'],
  ['corp', 'a private network'],
  ['home', 'a home network'],
  ['private', 'a private network'],
  ['metadata.goog', 'a cloud metadata service'],
]

/** A URL's host name without its final dot; names are in lower case already once the URL is parsed. */
export function toBareName(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

/** What an internal name stands for; undefined for a name that the public internet may know. */
export function internalMeaning(name: string): string | undefined {
  const known = internalSuffixes.find(([suffix]) => isUnder(name, suffix))
  if (known !== undefined) return known[1]
  return name.includes('.') ? undefined : 'the local network, having no dot'
}

/** Whether `name` is `localhost` or below it, which mean loopback without any lookup (RFC 6761 section 6.3). */
export function isLocalhost(name: string): boolean {
  return isUnder(name, 'localhost')
}

function isUnder(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`)
}
