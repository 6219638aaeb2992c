import type ipaddr from 'ipaddr.js'
import { ToolError, type ToolErrorCode } from '../../errors.ts'
import { isWithin, type Reach, toAddress, toAddressKind } from './address-ranges.ts'
import { blockedPorts } from './blocked-ports.ts'
import { type Embedding, toEmbedded, toNat64Embedding } from './embedded-address.ts'
import { internalMeaning, toBareName } from './host-names.ts'
import type { Identity } from './identity.ts'
import { isOnLink, readOwnNetworks } from './own-networks.ts'
import { deniesRequest, matchRule, opensNetwork, portOf, type Rule } from './rule.ts'

/** What a judged request may do; kept until its connection is made, since the address is judged under it. */
export interface Grant {
  readonly allowed: true
  readonly url: URL
  readonly method: string
  /** The rule that opened it; absent for what anyone may call. */
  readonly rule?: Rule
  /** The rule on a network that opened the address, once that is judged. */
  readonly network?: Rule
  /** What of the operator's own goes along. */
  readonly identity?: Identity
}

/** Why not, in words for the caller. */
export interface Refusal {
  readonly allowed: false
  readonly code: ToolErrorCode
  readonly reason: string
  /** The rule that decided; absent where none names the request. */
  readonly rule?: Rule
  /** The rule that would open it; absent where none should. */
  readonly opens?: string
  /** What it becomes if the user agrees to this one request; absent where that opens nothing. */
  readonly onConsent?: Grant
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
  /** What is closed whatever opens it. Default: nothing. */
  readonly denyRules?: readonly Rule[]
  /** Characters a URL to an unlisted host may have. */
  readonly maxUnlistedUrlLength: number
  /** The networks this machine is on, as CIDR text. Default: read from its interfaces at each call. */
  readonly ownNetworks?: () => readonly string[]
  /** NAT64 prefixes of this network, as CIDR text, besides the well-known one. Default: none. */
  readonly nat64Prefixes?: readonly string[]
  /** Whether a proxy looks names up, and judges their addresses. Default: no. */
  readonly leavesNamesToProxy?: boolean | undefined
}

/** Methods that only read (RFC 9110 section 9.2.1, RFC 10008 for QUERY). */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

/** CONNECT opens a tunnel, the others send the request's own secrets back. */
const neverMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

export function createPolicy(options: PolicyOptions): Policy {
  const { rules = [], denyRules = [], ownNetworks = readOwnNetworks } = options
  const nat64 = (options.nat64Prefixes ?? []).map(toNat64Embedding)
  const judge: Policy['judgeAddress'] = (text, grant) => {
    const isLeftToProxy = options.leavesNamesToProxy === true && text === toBareName(grant.url.hostname)
    if (isLeftToProxy && toAddress(text) === undefined) return grant
    return judgeAddress(text, grant, { rules, denyRules, ownNetworks, nat64 })
  }
  // A call asks for the same verdict several times, on its way from consent to the connection.
  let latest:
    | { readonly url: URL; readonly href: string; readonly method: string; readonly verdict: Verdict }
    | undefined
  return {
    judgeRequest(url, method) {
      const { href } = url
      const isKnown = latest?.url === url && latest.href === href && latest.method === method
      if (latest === undefined || !isKnown) latest = { url, href, method, verdict: judgeRequest(url, method) }
      return latest.verdict
    },
    judgeAddress: judge,
  }

  function judgeRequest(url: URL, method: string): Verdict {
    const refusal = judgeForm(url, method)
    if (refusal !== undefined) return refusal
    const denied = denyRules.find((rule) => deniesRequest(rule, { url, method }))
    if (denied !== undefined) return refuseByRule(denied, `${method} to ${url.host} is`)
    const matches = rules.map((rule) => ({ rule, match: matchRule(rule, url, method) }))
    const rule = matches.find(({ match }) => match === 'granted')?.rule
    if (rule !== undefined) return judgePort(url, rule) ?? { allowed: true, url, method, rule }
    const verdict = judgeUnlisted(url, method, options.maxUnlistedUrlLength)
    const ambiguous = matches.find(({ match }) => match === 'ambiguous')?.rule
    if (verdict.allowed || ambiguous === undefined) return withoutIdleQuestion(verdict, judge)
    const reason = `The path hides a slash, backslash or dot from the rule ${ambiguous.text}`
    return { ...refuse('blocked_path', reason), rule: ambiguous }
  }
}

/** Nobody should be asked about an address that their consent does not open. */
function withoutIdleQuestion(verdict: Verdict, judge: Policy['judgeAddress']): Verdict {
  if (verdict.allowed || verdict.onConsent === undefined) return verdict
  const { onConsent, ...refusal } = verdict
  const { hostname } = onConsent.url
  const isHopeless = toAddress(hostname) !== undefined && !judge(hostname, onConsent).allowed
  return isHopeless ? refusal : verdict
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
    return refuseUnlisted('blocked_host', `${name} means ${meaning}`, url, method)
  }
  const blockedPort = judgePort(url)
  if (blockedPort !== undefined) return blockedPort
  if (url.href.length > maxLength) {
    return refuse('blocked_url', `The URL has ${url.href.length} characters; an unlisted host may get ${maxLength}`)
  }
  const grant: Grant = { allowed: true, url, method }
  if (safeMethods.has(method)) return grant
  return {
    ...refuseUnlisted('blocked_method', `${method} to ${url.host} is not allowed`, url, method),
    onConsent: grant,
  }
}

/** A rule opens a blocked port only by naming it. */
function judgePort(url: URL, rule?: Rule): Refusal | undefined {
  const port = portOf(url)
  if (!blockedPorts.has(port) || rule?.port === port) return undefined
  return refuse('blocked_port', `Port ${port} belongs to a service that does not speak HTTP`)
}

/** What every address is judged by. */
interface AddressRules {
  readonly rules: readonly Rule[]
  readonly denyRules: readonly Rule[]
  readonly ownNetworks: () => readonly string[]
  readonly nat64: readonly Embedding[]
}

function judgeAddress(text: string, grant: Grant, { rules, denyRules, ownNetworks, nat64 }: AddressRules): Verdict {
  const address = toAddress(text)
  if (address === undefined) return refuse('blocked_address', `${JSON.stringify(text)} is not an address`)
  const places = [address, ...toEmbedded(address, nat64).addresses]
  const subject = toSubject(grant.url, address)
  const denied = denyRules.find((rule) => places.some((place) => deniesRequest(rule, grant, place)))
  if (denied !== undefined) return refuseByRule(denied, subject)
  const { reach, name } = toAddressKind(address, nat64)
  const isNear = reach === 'public' && places.some((place) => isOnLink(place, ownNetworks()))
  if (reach === 'public' && !isNear) return grant
  if (opensAddress(grant, address, isNear ? 'private' : reach)) return grant
  const network = rules.find((rule) => opensNetwork(rule, address, grant))
  if (network !== undefined) return { ...grant, network }
  const reason = `${subject} ${isNear ? "on this machine's own network" : name}`
  // Nobody should be talked into opening a metadata service.
  return reach === 'special'
    ? refuse('blocked_address', reason)
    : refuseUnlisted('blocked_address', reason, grant.url, grant.method)
}

function toSubject({ hostname }: URL, address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const shown = address.toString()
  return toAddress(hostname) === undefined ? `${hostname} leads to ${shown}, which is` : `${shown} is`
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

function refuseByRule(rule: Rule, subject: string): Refusal {
  return { ...refuse('blocked_rule', `${subject} denied by the operator's rule ${rule.text}`), rule }
}

/** A refusal that a rule can undo. */
function refuseUnlisted(code: ToolErrorCode, reason: string, url: URL, method: string): Refusal {
  const opens = safeMethods.has(method) ? url.origin : `${method}=${url.origin}`
  return { ...refuse(code, `${reason}. The operator can open it with the rule ${opens} in HTTP_ALLOW`), opens }
}

function refuse(code: ToolErrorCode, reason: string): Refusal {
  return { allowed: false, code, reason }
}
