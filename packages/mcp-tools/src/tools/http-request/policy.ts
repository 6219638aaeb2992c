import type ipaddr from 'ipaddr.js'
import { ToolError, type ToolErrorCode } from '../../errors.ts'
import { isWithin, type Reach, toAddress, toAddressKind } from './address-ranges.ts'
import { blockedPorts } from './blocked-ports.ts'
import { embeddedAddresses } from './embedded-address.ts'
import { internalMeaning, toBareName } from './host-names.ts'
import { isOnLink, readOwnNetworks } from './own-networks.ts'
import { matchRule, opensNetwork, portOf, type Rule } from './rule.ts'

/** What a judged request may do; kept until its connection is made, since the address is judged under it. */
export interface Grant {
  readonly allowed: true
  readonly url: URL
  readonly method: string
  /** The rule that opened it; absent for what anyone may call. */
  readonly rule?: Rule
}

/** Why not, in words for the caller. */
export interface Refusal {
  readonly allowed: false
  readonly code: ToolErrorCode
  readonly reason: string
}

export type Verdict = Grant | Refusal

/** Decides who may be called: first by URL and method, before any lookup; then by every address, the URL's own too. */
export interface Policy {
  judgeRequest(url: URL, method: string): Verdict
  judgeAddress(address: string, grant: Grant): Verdict
}

export interface PolicyOptions {
  /** What is open beyond safe methods on public hosts. Default: nothing. */
  readonly rules?: readonly Rule[]
  /** Characters a URL to an unlisted host may have. */
  readonly maxUnlistedUrlLength: number
  /** The networks this machine is on, as CIDR text. Default: read from its interfaces at each call. */
  readonly ownNetworks?: () => readonly string[]
}

/** Methods that only read (RFC 9110 section 9.2.1, RFC 10008 for QUERY). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

/** CONNECT opens a tunnel, the others send the request's own secrets back. */
const neverMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

export function createPolicy(options: PolicyOptions): Policy {
  const { rules = [], ownNetworks = readOwnNetworks } = options
  return {
    judgeRequest(url, method) {
      const refusal = judgeForm(url, method)
      if (refusal !== undefined) return refusal
      const matches = rules.map((rule) => ({ rule, match: matchRule(rule, url, method) }))
      const rule = matches.find(({ match }) => match === 'granted')?.rule
      if (rule !== undefined) return judgePort(url, rule) ?? { allowed: true, url, method, rule }
      const verdict = judgeUnlisted(url, method, options.maxUnlistedUrlLength)
      const ambiguous = matches.find(({ match }) => match === 'ambiguous')?.rule
      if (verdict.allowed || ambiguous === undefined) return verdict
      return refuse('blocked_path', `The path hides a slash, backslash or dot from the rule ${ambiguous.text}`)
    },
    judgeAddress: (text, grant) => judgeAddress(text, grant, rules, ownNetworks),
  }
}

/** The grant, or the refusal as an error. `context` says where the request came from, such as a redirect. */
export function admit(verdict: Verdict, context = ''): Grant {
  if (verdict.allowed) return verdict
  throw new ToolError(verdict.code, `${context}${verdict.reason}.`)
}

/** What no rule can open. */
function judgeForm(url: URL, method: string): Refusal | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refuse('blocked_scheme', `Only http and https URLs can be called, not ${url.protocol}`)
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('blocked_userinfo', 'A URL must not carry a user name or password (the part before @)')
  }
  return neverMethods.has(method) ? refuse('blocked_method', `${method} is never sent`) : undefined
}

/** What anyone may call: safe methods, names that the public internet knows, ports that speak HTTP. */
function judgeUnlisted(url: URL, method: string, maxLength: number): Verdict {
  const name = toBareName(url.hostname)
  const meaning = toAddress(name) === undefined ? internalMeaning(name) : undefined
  if (meaning !== undefined) {
    return refuse('blocked_host', `${name} means ${meaning}. ${openWith(url, method)}`)
  }
  const blockedPort = judgePort(url)
  if (blockedPort !== undefined) return blockedPort
  if (!safeMethods.has(method)) {
    return refuse('blocked_method', `${method} to ${url.host} is not allowed. ${openWith(url, method)}`)
  }
  if (url.href.length > maxLength) {
    return refuse('blocked_url', `The URL has ${url.href.length} characters; an unlisted host may get ${maxLength}`)
  }
  return { allowed: true, url, method }
}

/** A rule opens a blocked port only by naming it. */
function judgePort(url: URL, rule?: Rule): Refusal | undefined {
  const port = portOf(url)
  if (!blockedPorts.has(port) || rule?.port === port) return undefined
  return refuse('blocked_port', `Port ${port} belongs to a service that does not speak HTTP`)
}

function judgeAddress(
  text: string,
  grant: Grant,
  rules: readonly Rule[],
  ownNetworks: () => readonly string[],
): Verdict {
  const address = toAddress(text)
  if (address === undefined) return refuse('blocked_address', `${JSON.stringify(text)} is not an address`)
  const { reach, name } = toAddressKind(address)
  const isNear = reach === 'public' && isNeighbour(address, ownNetworks())
  if (reach === 'public' && !isNear) return grant
  if (opensAddress(grant, address, isNear ? 'private' : reach)) return grant
  if (rules.some((rule) => opensNetwork(rule, address, grant))) return grant
  const what = isNear ? "on this machine's own network" : name
  const { hostname } = grant.url
  const shown = address.toString()
  const subject = toAddress(hostname) === undefined ? `${hostname} leads to ${shown}, which is` : `${shown} is`
  // Nobody should be talked into opening a metadata service.
  const advice = reach === 'special' ? '' : `. ${openWith(grant.url, grant.method)}`
  return refuse('blocked_address', `${subject} ${what}${advice}`)
}

function isNeighbour(address: ipaddr.IPv4 | ipaddr.IPv6, ownNetworks: readonly string[]): boolean {
  return [address, ...embeddedAddresses(address)].some((each) => isOnLink(each, ownNetworks))
}

/**
 * Whether the rule that granted the request also opens this address. A rule on an address opens just that; one on a
 * name opens private networks, and this machine only where the name itself is an internal one: whoever runs the DNS
 * of a public name must not be able to point it here.
 */
function opensAddress({ rule, url }: Grant, address: ipaddr.IPv4 | ipaddr.IPv6, reach: Reach): boolean {
  if (rule === undefined) return false
  if ('network' in rule.host) return isWithin(address, rule.host.network)
  if (reach === 'private') return true
  return reach === 'loopback' && internalMeaning(toBareName(url.hostname)) !== undefined
}

function openWith(url: URL, method: string): string {
  const rule = safeMethods.has(method) ? url.origin : `${method}=${url.origin}`
  return `The operator can open it with the rule ${rule} in HTTP_ALLOW`
}

function refuse(code: ToolErrorCode, reason: string): Refusal {
  return { allowed: false, code, reason }
}
