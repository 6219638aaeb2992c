import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** A prefix whose addresses carry an IPv4 one, and the indexes of its four bytes. */
export interface Embedding {
  readonly prefix: readonly [ipaddr.IPv6, number]
  readonly bytes: readonly [number, number, number, number]
  /** Teredo writes the client's address with every bit flipped (RFC 4380 section 4). */
  readonly flipped?: true
}

const embeddings: readonly Embedding[] = [
  // IPv4-mapped (RFC 4291 section 2.5.5.2): the kernel opens an IPv4 connection.
  { prefix: network('::ffff:0:0', 96), bytes: [12, 13, 14, 15] },
  // IPv4-compatible (RFC 4291 section 2.5.5.1), deprecated but still parsed.
  { prefix: network('::', 96), bytes: [12, 13, 14, 15] },
  // IPv4-translated (RFC 2765).
  { prefix: network('::ffff:0:0:0', 96), bytes: [12, 13, 14, 15] },
  // NAT64 (RFC 6052): a translator delivers to the embedded address.
  { prefix: network('64:ff9b::', 96), bytes: [12, 13, 14, 15] },
  // 6to4 (RFC 3056).
  { prefix: network('2002::', 16), bytes: [2, 3, 4, 5] },
  // Teredo: the client's address, then its server's.
  { prefix: network('2001::', 32), bytes: [12, 13, 14, 15], flipped: true },
  { prefix: network('2001::', 32), bytes: [4, 5, 6, 7] },
]

/** Where an address follows a NAT64 prefix, by the prefix's length; byte 8 is always zero (RFC 6052 section 2.2). */
const nat64Bytes: ReadonlyMap<number, Embedding['bytes']> = new Map([
  [32, [4, 5, 6, 7]],
  [40, [5, 6, 7, 9]],
  [48, [6, 7, 9, 10]],
  [56, [7, 9, 10, 11]],
  [64, [9, 10, 11, 12]],
  [96, [12, 13, 14, 15]],
])

/** The embedding of a network's own NAT64 prefix, such as `2001:db8:64::/96`. Throws an `Error` for any other length. */
export function toNat64Embedding(cidr: string): Embedding {
  const [address, bits] = ipaddr.IPv6.parseCIDR(cidr)
  const bytes = nat64Bytes.get(bits)
  if (bytes === undefined) {
    throw new Error(`The NAT64 prefix ${cidr} has ${bits} bits; expected ${[...nat64Bytes.keys()].join(', ')}.`)
  }
  return { prefix: [address, bits], bytes }
}

/** What an IPv6 address says of IPv4 ones. */
export interface Embedded {
  /** The IPv4 addresses that it carries, to which a translator, a tunnel or the kernel itself may deliver. */
  readonly addresses: readonly ipaddr.IPv4[]
  /** Whether it is itself a place too, rather than only another way to write those. */
  readonly isPlace: boolean
}

/** The IPv4 addresses inside `address`; `nat64` are prefixes besides the well-known one. `::` and `::1` mean themselves. */
export function toEmbedded(address: Address, nat64: readonly Embedding[] = []): Embedded {
  if (!isV6(address) || isUnspecifiedOrLoopback(address)) return { addresses: [], isPlace: true }
  const found = [...embeddings, ...nat64].filter(({ prefix }) => address.match(...prefix))
  const carried = found.map((embedding) => toV4(address, embedding))
  const addresses = isIsatap(address) ? [...carried, toV4(address, { bytes: [12, 13, 14, 15] })] : carried
  return { addresses, isPlace: found.length === 0 }
}

export function isV6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6'
}

function network(address: string, bits: number): readonly [ipaddr.IPv6, number] {
  return [ipaddr.IPv6.parse(address), bits]
}

function toV4(address: ipaddr.IPv6, { bytes, flipped }: Pick<Embedding, 'bytes' | 'flipped'>): ipaddr.IPv4 {
  const mask = flipped === true ? 0xff : 0
  const all = address.toByteArray()
  return new ipaddr.IPv4(bytes.map((index) => (all[index] ?? 0) ^ mask))
}

function isUnspecifiedOrLoopback(address: ipaddr.IPv6): boolean {
  return address.parts.slice(0, 7).every((part) => part === 0) && (address.parts[7] ?? 0) <= 1
}

/** ISATAP (RFC 5214 section 6.1): the interface identifier is 0:5efe or 200:5efe and an IPv4 address. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [, , , , group, marker] = address.parts
  return marker === 0x5efe && (group === 0 || group === 0x200)
}
