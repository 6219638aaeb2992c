// Speeds of the dialects on one core, the worst texts, what is held in memory, and a peer on the same texts.
import type { Dialect } from '../src/dialects/dialect.ts'
import { dialects, findDialect } from '../src/dialects/registry.ts'
import { argumentTime, best, read, retained, speed } from './dialects/measure.ts'
import { comparePeers } from './dialects/peers.ts'
import { korean, markdown, prose, worst } from './dialects/texts.ts'

const auto = findDialect('auto')
const all = [...dialects, ...(auto ? [auto] : [])]

console.log('MB/s of text, and a call with a long argument in 4-character pieces')
console.table(
  all.map((dialect) => {
    const small = argumentTime(dialect, 100_000)
    const large = argumentTime(dialect, 1_000_000)
    return {
      dialect: dialect.name,
      'prose 4 KB': Math.round(speed(dialect, prose, 32e6, 4096)),
      'Korean 4 KB': Math.round(speed(dialect, korean, 16e6, 4096)),
      'Markdown 4 KB': Math.round(speed(dialect, markdown, 16e6, 4096)),
      'prose by 4': Math.round(speed(dialect, prose, 2e6, 4)),
      '100 KB ms': small.toFixed(1),
      '1 MB / 100 KB': (large / small).toFixed(1),
      'held B/char': retained(dialect, 1_000_000).toFixed(2),
    }
  }),
)

console.log('Worst texts in 4 KB pieces: how many times longer a megabyte takes than 100 KB (linear is 10)')
console.table(
  all.map((dialect) => ({
    dialect: dialect.name,
    ...Object.fromEntries(Object.entries(worst).map(([name, unit]) => [name, growth(dialect, unit).toFixed(1)])),
  })),
)

/** White space counts where it stands behind a marker that a call may follow. */
function growth(dialect: Dialect, unit: string): number {
  const call = dialect.write([{ id: '000000000', name: 'write_file', arguments: '{}' }])
  const before = unit === ' ' ? call.slice(0, Math.max(1, call.indexOf('write_file') - 10)) : ''
  const time = (length: number): number => {
    const text = before + unit.repeat(Math.ceil(length / unit.length))
    return best(() => read(dialect, text, 4096), 3)
  }
  time(100_000)
  return time(1_000_000) / time(100_000)
}

console.log('The same call through both parsers in 4-character pieces')
console.table(await comparePeers([10_000, 100_000]))
