import { type ToolErrorCode, toToolError } from '../../errors.ts'
import { toAddress, toAddressKind } from './address-ranges.ts'
import { toNat64Embedding } from './embedded-address.ts'
import { toErrorCode } from './error-code.ts'
import { createClientPolicy, type GuardedClientOptions } from './guarded-client.ts'
import { toBareName } from './host-names.ts'
import { createIdentities } from './identity.ts'
import type { Grant, Policy, Refusal } from './policy.ts'
import { resolveWithSystem } from './resolve.ts'

/** What the policy says of one request, and why. */
export interface PolicyReport {
  readonly url: string
  readonly method: string
  /** `unresolved`: the URL is allowed, but its name leads to no address. */
  readonly verdict: 'allowed' | 'denied' | 'unresolved'
  readonly code?: ToolErrorCode
  readonly reason?: string
  /** The rule that decided; absent for what holds without any. */
  readonly rule?: string
  /** The rule that would open it. */
  readonly opens?: string
  /** Whether the user is asked, where the client can. */
  readonly asksUser?: true
  /** The profile that a call would use unasked. */
  readonly profile?: string
  /** Those that were judged; none where the URL alone was enough, or where a proxy looks names up. */
  readonly addresses: readonly AddressReport[]
}

interface AddressReport {
  readonly address: string
  /** Such as `a private address`. */
  readonly kind: string
  readonly allowed: boolean
  /** The rule on a network that opened or denied it. */
  readonly rule?: string
}

/** Judges a request as a call would, without sending anything; the name is looked up only where the URL is allowed. */
export async function explainPolicy(url: URL, method: string, options: GuardedClientOptions): Promise<PolicyReport> {
  const policy = createClientPolicy(options)
  const asked = { url: url.href, method }
  const verdict = policy.judgeRequest(url, method)
  if (!verdict.allowed) return { ...asked, ...toDenial(verdict), addresses: [] }
  let profile: string | undefined
  try {
    profile = createIdentities(options).choose(undefined, verdict, {})?.profile?.name
  } catch (error) {
    const { code, message } = toToolError(error)
    return { ...asked, verdict: 'denied', code, reason: message.replace(/\.$/, ''), addresses: [] }
  }
  const granted = {
    ...asked,
    ...(verdict.rule !== undefined && { rule: verdict.rule.text }),
    ...(profile !== undefined && { profile }),
  }
  if (options.proxy?.egressGuard === true && toAddress(url.hostname) === undefined) {
    return { ...granted, verdict: 'allowed', addresses: [] }
  }
  const found = await lookUp(url, options)
  if (typeof found === 'string') {
    return { ...granted, verdict: 'unresolved', code: 'dns_failed', reason: found, addresses: [] }
  }
  const addresses = found.map((address) => toAddressReport(address, policy, verdict, options))
  const denied = found.map((address) => policy.judgeAddress(address, verdict)).find((each) => !each.allowed)
  if (denied === undefined || denied.allowed) return { ...granted, verdict: 'allowed', addresses }
  return { ...granted, ...toDenial(denied), addresses }
}

function toDenial({ code, reason, rule, opens, onConsent }: Refusal) {
  return {
    verdict: 'denied' as const,
    code,
    reason,
    ...(rule !== undefined && { rule: rule.text }),
    ...(opens !== undefined && { opens }),
    ...(onConsent !== undefined && { asksUser: true as const }),
  }
}

/** The addresses of the URL's host, or why there is none. */
async function lookUp(
  url: URL,
  { resolve = resolveWithSystem }: GuardedClientOptions,
): Promise<readonly string[] | string> {
  const literal = toAddress(url.hostname)
  if (literal !== undefined) return [literal.toString()]
  const name = toBareName(url.hostname)
  try {
    const addresses = await resolve(name)
    return addresses.length > 0 ? addresses : `${name} has no address`
  } catch (error) {
    return `${name} could not be looked up (${toErrorCode(error)})`
  }
}

function toAddressReport(text: string, policy: Policy, grant: Grant, options: GuardedClientOptions): AddressReport {
  const verdict = policy.judgeAddress(text, grant)
  const address = toAddress(text)
  const nat64 = (options.nat64Prefixes ?? []).map(toNat64Embedding)
  const rule = verdict.allowed ? verdict.network : verdict.rule
  return {
    address: text,
    kind: address === undefined ? 'no address' : toAddressKind(address, nat64).name,
    allowed: verdict.allowed,
    ...(rule !== undefined && { rule: rule.text }),
  }
}
