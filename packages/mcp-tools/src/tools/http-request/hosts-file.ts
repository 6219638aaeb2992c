import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the operating system keeps names of its own. */
const hostsFile =
  process.platform === 'win32'
    ? join(process.env.SystemRoot ?? String.raw`C:\Windows`, String.raw`System32\drivers\etc\hosts`)
    : '/etc/hosts'

let known: { readonly changedAt: number; readonly addresses: ReadonlyMap<string, readonly string[]> } | undefined

/**
 * The addresses that this machine's hosts file gives `name`; none where it has no such name, or no such file.
 *
 * Read here because names are looked up with a final dot, which the system's own lookup does not find in this file.
 */
export async function lookupHostsFile(name: string): Promise<readonly string[]> {
  try {
    const { mtimeMs } = await stat(hostsFile)
    if (known?.changedAt !== mtimeMs) {
      known = { changedAt: mtimeMs, addresses: parseHosts(await readFile(hostsFile, 'utf8')) }
    }
  } catch {
    // A machine without a readable hosts file has no names in it.
    return []
  }
  return known.addresses.get(name) ?? []
}

function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address === undefined) continue
    for (const name of names) addresses.set(name.toLowerCase(), [...(addresses.get(name.toLowerCase()) ?? []), address])
  }
  return addresses
}
