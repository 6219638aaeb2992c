import ipaddr from 'ipaddr.js'
import { type Embedding, isV6, toEmbedded } from './embedded-address.ts'

/**
 * Who lives at an address: anyone (`public`), an internal network (`private`), this machine (`loopback`), or nobody
 * that a host name should ever lead to (`special`: metadata services, multicast, reserved space).
 */
export type Reach = 'public' | 'private' | 'loopback' | 'special'

/** What an address is, in words for a message. */
export interface AddressKind {
  readonly reach: Reach
  readonly name: string
}

type Range = readonly [cidr: string, reach: Exclude<Reach, 'public'>, name: string]
type Network = ReturnType<typeof ipaddr.parseCIDR>

/** The first match counts: single addresses of metadata services come before the ranges around them. */
const ranges: readonly Range[] = [
  ['169.254.169.254/32', 'special', 'a cloud metadata address'],
  ['169.254.170.0/24', 'special', 'a cloud metadata address'],
  ['100.100.100.200/32', 'special', 'a cloud metadata address'],
  ['168.63.129.16/32', 'special', 'a cloud metadata address'],
  ['fd00:ec2::/32', 'special', 'a cloud metadata address'],
  ['fd20:ce::254/128', 'special', 'a cloud metadata address'],
  ['127.0.0.0/8', 'loopback', 'a loopback address'],
  ['::1/128', 'loopback', 'a loopback address'],
  ['10.0.0.0/8', 'private', 'a private address'],
  ['172.16.0.0/12', 'private', 'a private address'],
  ['192.168.0.0/16', 'private', 'a private address'],
  ['100.64.0.0/10', 'private', 'a carrier-grade NAT address'],
  ['fc00::/7', 'private', 'a unique local address'],
  ['fec0::/10', 'private', 'a site-local address'],
  ['0.0.0.0/8', 'special', 'an unspecified address'],
  ['169.254.0.0/16', 'special', 'a link-local address'],
  ['192.0.0.0/24', 'special', 'a protocol assignment'],
  ['192.0.2.0/24', 'special', 'a documentation address'],
  ['192.88.99.0/24', 'special', 'a 6to4 relay'],
  ['198.18.0.0/15', 'special', 'a benchmark address'],
  ['198.51.100.0/24', 'special', 'a documentation address'],
  ['203.0.113.0/24', 'special', 'a documentation address'],
  ['224.0.0.0/4', 'special', 'a multicast address'],
  ['255.255.255.255/32', 'special', 'the broadcast address'],
  ['240.0.0.0/4', 'special', 'a reserved address'],
  ['::/128', 'special', 'the unspecified address'],
  ['fe80::/10', 'special', 'a link-local address'],
  ['ff00::/8', 'special', 'a multicast address'],
  ['2001:db8::/32', 'special', 'a documentation address'],
  ['3fff::/20', 'special', 'a documentation address'],
]

const networks = ranges.map(([cidr, reach, name]) => ({ network: ipaddr.parseCIDR(cidr), kind: { reach, name } }))

/** The only space that IPv6 addresses are given out of (RFC 4291 section 2.4, IANA IPv6 global unicast registry). */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Protocol assignments inside it (RFC 2928), Teredo aside: not one is a web server's. */
const protocolAssignments = ipaddr.parseCIDR('2001::/23')
const teredo = ipaddr.parseCIDR('2001::/32')

const publicKind: AddressKind = { reach: 'public', name: 'a public address' }

/**
 * What `address` is by the IANA special-purpose registries (RFC 6890) and the metadata services of the large clouds.
 * An IPv6 address that carries IPv4 ones is what the least public of them is; `nat64` are this network's own prefixes.
 */
export function toAddressKind(address: ipaddr.IPv4 | ipaddr.IPv6, nat64?: readonly Embedding[]): AddressKind {
  const { addresses, isPlace } = toEmbedded(address, nat64)
  const kinds = [...(isPlace ? [address] : []), ...addresses].map(toOwnKind)
  return kinds.find(({ reach }) => reach !== 'public') ?? publicKind
}

/** The text as an address, its zone dropped; undefined for anything else, a host name included. */
export function toAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!lately.has(text)) {
    if (lately.size >= mostLately) lately.clear()
    lately.set(text, parseAddress(text))
  }
  return lately.get(text)
}

/** What was read lately: a call asks for the same few addresses again and again. */
const lately = new Map<string, ipaddr.IPv4 | ipaddr.IPv6 | undefined>()
const mostLately = 256

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined
}

/** Whether `network` holds `address`, taking an IPv4-mapped one for the IPv4 address it is. */
export function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, network: Network): boolean {
  const plain = isV6(address) && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
  return plain.kind() === network[0].kind() && plain.match(network)
}

function toOwnKind(address: ipaddr.IPv4 | ipaddr.IPv6): AddressKind {
  const known = networks.find(({ network }) => isWithin(address, network))
  if (known !== undefined) return known.kind
  if (!isV6(address)) return publicKind
  if (isWithin(address, protocolAssignments) && !isWithin(address, teredo)) {
    return { reach: 'special', name: 'a protocol assignment' }
  }
  return isWithin(address, globalUnicast) ? publicKind : { reach: 'special', name: 'not a global unicast address' }
}
