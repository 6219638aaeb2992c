import ipaddr from 'ipaddr.js'
import { toAddress } from './address-ranges.ts'
import { toBareName } from './host-names.ts'
import type { HostPattern, Rule } from './rule.ts'

/** `METHOD+METHOD=`, `scheme://`, then host, port and path: see {@link parseRules}. */
const rulePattern =
  /^(?:(?<methods>[A-Za-z+-]+)=)?(?:(?<scheme>https?):\/\/)?(?<host>\[[^\]]+\]|[^/:[\]]+)(?::(?<port>\d{1,5}|\*))?(?<path>\/.*)?$/i

/** `10.0.0.0/8`, `[fd00::]/8`, `fd00::/8`, with a port after it where brackets keep it apart. */
const networkPattern =
  /^(?:(?<methods>[A-Za-z+-]+)=)?(?<address>\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]|[\da-f:.]*:[\da-f:.]*)\/(?<bits>\d{1,3})(?::(?<port>\d{1,5}|\*))?$/i

/**
 * The rules in `text`, separated by commas or white space.
 *
 * ```
 * rule    = [ methods "=" ] ( origin | network )
 * methods = method *( "+" method )                        GET+POST=…        absent: every method
 * origin  = [ "http://" | "https://" ] host [ ":" port ] [ path ]
 * host    = name | "*." name | address                    "*.example.com" is every name below it, not itself
 * network = address "/" bits [ ":" port ]                 10.0.0.0/8, [fd00::]/8:8080
 * port    = number | "*"                                  absent: 80 for http, 443 for https
 * ```
 *
 * Throws an `Error` naming the first rule that cannot be read.
 */
export function parseRules(text: string): readonly Rule[] {
  return text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(parseRule)
}

function parseRule(text: string): Rule {
  const network = networkPattern.exec(text)?.groups
  const parts = network ?? rulePattern.exec(text)?.groups
  if (parts === undefined) throw unreadable(text, 'expected [METHODS=][scheme://]host[:port][/path] or address/bits')
  const { methods, scheme, port, path } = parts
  return {
    text,
    host: network === undefined ? toHostPattern(text, parts.host ?? '') : toNetwork(text, network),
    path: network === undefined ? toPath(text, path) : '',
    ...(methods !== undefined && { methods: new Set(methods.toUpperCase().split('+')) }),
    ...(scheme !== undefined && { protocol: `${scheme.toLowerCase()}:` as 'http:' | 'https:' }),
    ...(port !== undefined && { port: port === '*' ? 'any' : toPort(text, port) }),
  }
}

function toHostPattern(text: string, host: string): HostPattern {
  const isSuffix = host.startsWith('*.')
  const hostname = toHostname(text, isSuffix ? host.slice(2) : host)
  const address = toAddress(hostname)
  if (address !== undefined && /\/\d+$/.test(text) && text.includes('://')) {
    throw unreadable(text, 'a network takes no scheme; write address/bits, or end a path with a slash')
  }
  if (address === undefined) return { kind: isSuffix ? 'suffix' : 'name', name: toBareName(hostname) }
  if (isSuffix) throw unreadable(text, 'an address has no names below it')
  return { kind: 'address', network: toWholeAddress(address) }
}

/** The host as a URL would carry it: lower case, Punycode, addresses in their plain spelling. */
function toHostname(text: string, host: string): string {
  if (host.includes('*')) throw unreadable(text, '"*" may only stand first, as in *.example.com')
  const url = URL.parse(`http://${host}/`)
  if (url === null || url.username !== '') throw unreadable(text, `${JSON.stringify(host)} is not a host`)
  return url.hostname
}

function toNetwork(text: string, parts: Record<string, string | undefined>): HostPattern {
  const address = toAddress(parts.address ?? '')
  const bits = Number(parts.bits)
  if (address === undefined) throw unreadable(text, 'the address is not valid')
  if (bits > (address.kind() === 'ipv4' ? 32 : 128)) throw unreadable(text, `a network cannot have ${bits} bits`)
  const network = [address, bits] as ReturnType<typeof ipaddr.parseCIDR>
  return { kind: 'network', network }
}

/** An IPv4-mapped address is the IPv4 address, here as wherever addresses are compared. */
function toWholeAddress(address: ipaddr.IPv4 | ipaddr.IPv6): ReturnType<typeof ipaddr.parseCIDR> {
  const plain = ipaddr.process(address.toString())
  return [plain, plain.kind() === 'ipv4' ? 32 : 128] as ReturnType<typeof ipaddr.parseCIDR>
}

function toPath(text: string, path: string | undefined): string {
  if (path === undefined) return ''
  if (/[?#]/.test(path)) throw unreadable(text, 'a path prefix has no query or fragment')
  return new URL(path, 'http://host').pathname.replace(/\/+$/, '')
}

function toPort(text: string, port: string): number {
  const number = Number(port)
  if (number > 65_535) throw unreadable(text, `${port} is not a port`)
  return number
}

function unreadable(text: string, why: string): Error {
  return new Error(`Rule ${JSON.stringify(text)} cannot be read: ${why}.`)
}
