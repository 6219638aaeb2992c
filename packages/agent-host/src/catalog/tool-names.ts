import { createHash } from 'node:crypto'

/** A tool as its server knows it. */
export interface Origin {
  server: string
  tool: string
}

/** OpenAI's limit on a function name, which every model server shares. */
const longest = 64

/**
 * Names that models may call, one for each tool, in the same order: the tool's own name, or `server__tool` where two
 * servers have a tool of that name. Characters that OpenAI's API refuses become `_`; a name too long ends in a hash of
 * the whole.
 */
export function nameTools(origins: readonly Origin[]): string[] {
  const short = origins.map(({ tool }) => allowed(tool))
  const uses = count(short)
  const names = origins.map(({ server, tool }, i) => {
    const own = short[i] ?? ''
    return uses.get(own) === 1 ? own : allowed(`${server}__${tool}`)
  })
  const taken = count(names)
  // Two long or odd names can still come out alike; the hash of what they stand for tells them apart.
  return names.map((name, i) => (taken.get(name) === 1 ? name : hashed(name, origins[i])))
}

function allowed(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_-]/g, '_')
  return clean !== '' && clean.length <= longest ? clean : hashed(clean, name)
}

function hashed(name: string, whole: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 8)
  return `${name.slice(0, longest - 9)}_${hash}`
}

function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
