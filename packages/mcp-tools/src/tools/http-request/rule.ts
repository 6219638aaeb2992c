import type ipaddr from 'ipaddr.js'
import { isWithin, toAddress } from './address-ranges.ts'
import { toBareName } from './host-names.ts'

/** Whom a rule names: one host name, every name below a suffix, one address, or a network of them. */
export type HostPattern =
  | { readonly kind: 'name' | 'suffix'; readonly name: string }
  | { readonly kind: 'address' | 'network'; readonly network: ReturnType<typeof ipaddr.parseCIDR> }

/** One thing that the operator opened. */
export interface Rule {
  /** As the operator wrote it. */
  readonly text: string
  /** Absent: every method. */
  readonly methods?: ReadonlySet<string>
  /** Absent: http and https. */
  readonly protocol?: 'http:' | 'https:'
  readonly host: HostPattern
  /** Absent: the protocol's own port. */
  readonly port?: number | 'any'
  /** Without a final slash; empty: every path. */
  readonly path: string
}

/** Characters that one server takes for a separator or a dot segment and the next does not. */
const ambiguousPath = /%(?:25)*(?:2f|5c|2e)|\\|\/\.{1,2};/i

/** How a rule answers a URL; `ambiguous` when only the spelling of the path keeps it from granting. */
export type RuleMatch = 'granted' | 'ambiguous' | 'none'

/** Whether `rule` opens `url` for `method`. */
export function matchRule(rule: Rule, url: URL, method: string): RuleMatch {
  if (!matchesOrigin(rule, url) || rule.methods?.has(method) === false) return 'none'
  if (rule.path === '') return 'granted'
  if (url.pathname !== rule.path && !url.pathname.startsWith(`${rule.path}/`)) return 'none'
  return ambiguousPath.test(url.pathname) ? 'ambiguous' : 'granted'
}

/**
 * Whether `rule`, written to deny, names `url` for `method`; `address`, where given, is one that the host leads to.
 * It takes in more than it would as one that allows: without a port every port, and its path however that is spelt.
 */
export function deniesRequest(
  rule: Rule,
  { url, method }: { url: URL; method: string },
  address?: ipaddr.IPv4 | ipaddr.IPv6,
): boolean {
  if (rule.protocol !== undefined && rule.protocol !== url.protocol) return false
  if (rule.port !== undefined && !matchesPort(rule, url)) return false
  if (rule.methods?.has(method) === false || !deniesPath(rule.path, url.pathname)) return false
  if (address === undefined) return matchesHost(rule.host, url.hostname)
  return 'network' in rule.host && isWithin(address, rule.host.network)
}

/** Servers differ in what they decode, fold and collapse; whatever any of them might take for the prefix is denied. */
function deniesPath(prefix: string, pathname: string): boolean {
  if (prefix === '' || ambiguousPath.test(pathname)) return true
  return `${toLoosePath(pathname)}/`.startsWith(`${toLoosePath(prefix)}/`)
}

function toLoosePath(path: string): string {
  // Unlike decodeURIComponent, `unescape` takes any text.
  return unescape(path)
    .toLowerCase()
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/\/+/g, '/')
}

/** Whether `rule` lists a whole network that holds `address`, on the URL's protocol and port, for `method`. */
export function opensNetwork(
  rule: Rule,
  address: ipaddr.IPv4 | ipaddr.IPv6,
  { url, method }: { url: URL; method: string },
): boolean {
  if (rule.host.kind !== 'network' || !isWithin(address, rule.host.network)) return false
  return matchesPort(rule, url) && rule.methods?.has(method) !== false
}

/** Whether `rule` grants anything at all on the origin of `url`. */
export function listsOrigin(rule: Rule, url: URL): boolean {
  return matchesOrigin(rule, url)
}

/** The port of `url`, its protocol's own where it names none. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function matchesOrigin(rule: Rule, url: URL): boolean {
  if (rule.protocol !== undefined && rule.protocol !== url.protocol) return false
  return matchesPort(rule, url) && matchesHost(rule.host, url.hostname)
}

function matchesPort({ port }: Rule, url: URL): boolean {
  if (port === 'any') return true
  return port === undefined ? url.port === '' : port === portOf(url)
}

function matchesHost(pattern: HostPattern, hostname: string): boolean {
  if ('network' in pattern) {
    const address = toAddress(hostname)
    return address !== undefined && isWithin(address, pattern.network)
  }
  const name = toBareName(hostname)
  return pattern.kind === 'name' ? name === pattern.name : name.endsWith(`.${pattern.name}`)
}
