import type { Element } from './hidden-element.ts'

/** Attributes that converters look at: structure, and the names by which an article is told from its surroundings. */
const kept: ReadonlySet<string> = new Set([
  'align',
  'alt',
  'class',
  'colspan',
  'dir',
  'id',
  'itemprop',
  'lang',
  'rel',
  'role',
  'rowspan',
  'start',
  'type',
])

const linkProtocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:'])
const imageProtocols: ReadonlySet<string> = new Set(['http:', 'https:'])

/** The attributes to write, each after a space; addresses absolute, and only those that lead somewhere by themselves. */
export function toSafeAttributes({ name, attributes }: Element, base: string): string {
  const safe = Object.entries(attributes).filter(([attribute]) => kept.has(attribute))
  if (name === 'a') {
    const href = toAddress(attributes.href, base, linkProtocols)
    if (href !== undefined) safe.push(['href', href])
  }
  if (name === 'img') safe.push(['src', findImage(attributes, base) ?? ''])
  return safe.map(([attribute, value]) => ` ${attribute}="${toQuoted(value)}"`).join('')
}

/** Where an image really is; undefined for one that is not to be had by an address. */
export function findImage(attributes: Element['attributes'], base: string): string | undefined {
  // Pages that load images late keep the real address here.
  const lazy = attributes['data-src'] ?? attributes['data-original']
  return toAddress(lazy, base, imageProtocols) ?? toAddress(attributes.src, base, imageProtocols)
}

/** Undefined for a place on the same page, too: its address says nothing new. */
function toAddress(text: string | undefined, base: string, protocols: ReadonlySet<string>): string | undefined {
  if (text === undefined || text.trim() === '' || text.trim().startsWith('#')) return undefined
  const url = URL.parse(text, base)
  return url !== null && protocols.has(url.protocol) ? url.href : undefined
}

function toQuoted(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
