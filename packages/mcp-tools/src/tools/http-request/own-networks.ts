import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { isWithin } from './address-ranges.ts'

/** A prefix so short is a tunnel that takes everything, not a neighbourhood. */
const shortestPrefix = { ipv4: 8, ipv6: 32 }

/** The networks that this machine's interfaces are on, as CIDR text such as `192.0.2.7/24`, read anew at each call. */
export function readOwnNetworks(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ cidr }) => (cidr === null ? [] : [cidr]))
}

/** Whether `address` is one of this machine's own, or of a neighbour on the same link. */
export function isOnLink(address: ipaddr.IPv4 | ipaddr.IPv6, ownNetworks: readonly string[]): boolean {
  return ownNetworks.some((cidr) => {
    const [own, bits] = ipaddr.parseCIDR(cidr)
    const reach = bits < shortestPrefix[own.kind()] ? (own.kind() === 'ipv4' ? 32 : 128) : bits
    return isWithin(address, [own, reach] as ReturnType<typeof ipaddr.parseCIDR>)
  })
}
