import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Where a kind of IPv6 address carries an IPv4 one: the index of the first of two 16-bit parts. */
interface Embedding {
  readonly prefix: readonly [ipaddr.IPv6, number]
  readonly part: number
  /** Teredo writes the client's address with every bit flipped (RFC 4380 section 4). */
  readonly flipped?: true
}

const embeddings: readonly Embedding[] = [
  // IPv4-mapped (RFC 4291 section 2.5.5.2): the kernel opens an IPv4 connection.
  { prefix: network('::ffff:0:0', 96), part: 6 },
  // IPv4-compatible (RFC 4291 section 2.5.5.1), deprecated but still parsed.
  { prefix: network('::', 96), part: 6 },
  // IPv4-translated (RFC 2765).
  { prefix: network('::ffff:0:0:0', 96), part: 6 },
  // NAT64 (RFC 6052): a translator delivers to the embedded address.
  { prefix: network('64:ff9b::', 96), part: 6 },
  // 6to4 (RFC 3056).
  { prefix: network('2002::', 16), part: 1 },
  // Teredo: the client's address, then its server's.
  { prefix: network('2001::', 32), part: 6, flipped: true },
  { prefix: network('2001::', 32), part: 2 },
]

/**
 * The IPv4 addresses that an IPv6 address carries, since a translator, a tunnel or the kernel itself may deliver
 * there. Empty for an address that carries none; `::` and `::1` mean themselves.
 */
export function embeddedAddresses(address: Address): readonly ipaddr.IPv4[] {
  if (!isV6(address) || isUnspecifiedOrLoopback(address)) return []
  const found = embeddings.filter(({ prefix }) => address.match(...prefix))
  const embedded = found.map(({ part, flipped }) => toV4(address, part, flipped === true))
  return isIsatap(address) ? [...embedded, toV4(address, 6, false)] : embedded
}

export function isV6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6'
}

function network(address: string, bits: number): readonly [ipaddr.IPv6, number] {
  return [ipaddr.IPv6.parse(address), bits]
}

function toV4(address: ipaddr.IPv6, part: number, flipped: boolean): ipaddr.IPv4 {
  const mask = flipped ? 0xff : 0
  const bytes = address.toByteArray().slice(part * 2, part * 2 + 4)
  return new ipaddr.IPv4(bytes.map((byte) => byte ^ mask))
}

function isUnspecifiedOrLoopback(address: ipaddr.IPv6): boolean {
  return address.parts.slice(0, 7).every((part) => part === 0) && (address.parts[7] ?? 0) <= 1
}

/** ISATAP (RFC 5214 section 6.1): the interface identifier is 0:5efe or 200:5efe and an IPv4 address. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [, , , , group, marker] = address.parts
  return marker === 0x5efe && (group === 0 || group === 0x200)
}
