import { lookup } from 'node:dns/promises'
import { isLocalhost } from './host-names.ts'
import { lookupHostsFile } from './hosts-file.ts'

/** Every address of a host name, in the order to try them. Rejects, or gives none, where the name has none. */
export type Resolve = (name: string) => Promise<readonly string[]>

/**
 * Looks `name` up as this machine would, but as an absolute name: a search domain must not turn a public name into
 * an internal one. `localhost` needs no lookup (RFC 6761 section 6.3).
 */
export const resolveWithSystem: Resolve = async (name) => {
  if (isLocalhost(name)) return ['127.0.0.1', '::1']
  const listed = await lookupHostsFile(name)
  if (listed.length > 0) return listed
  const answers = await lookup(`${name}.`, { all: true, order: 'verbatim' })
  return answers.map(({ address }) => address)
}
