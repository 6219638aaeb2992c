import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { longArguments, tools } from './texts.ts'

/** Reads `text` to its end in pieces of `size` characters. */
export function read(dialect: Dialect, text: string, size: number): void {
  const parser = dialect.createParser({ tools, newId: String })
  for (let at = 0; at < text.length; at += size) parser.push(text.slice(at, at + size))
  parser.end('stop')
}

/** The best of several runs, in milliseconds: whatever else the machine does only ever adds. */
export function best(run: () => void, runs = 5): number {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < runs; turn++) {
    const before = performance.now()
    run()
    least = Math.min(least, performance.now() - before)
  }
  return least
}

/** Megabytes of UTF-8 a second. */
export function speed(dialect: Dialect, unit: string, characters: number, size: number): number {
  const text = unit.repeat(Math.ceil(characters / unit.length))
  read(dialect, text, size)
  return Buffer.byteLength(text) / 1000 / best(() => read(dialect, text, size))
}

/** Milliseconds for a call with an argument of so many characters, in 4-character pieces. */
export function argumentTime(dialect: Dialect, characters: number): number {
  const text = dialect.write([{ id: '000000000', name: 'write_file', arguments: longArguments(characters) }])
  read(dialect, text, 4)
  return best(() => read(dialect, text, 4))
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes a character that a parser holds on to in the middle of a long argument. */
export function retained(dialect: Dialect, characters: number): number {
  const text = dialect.write([{ id: '000000000', name: 'write_file', arguments: longArguments(characters) }])
  const parser = dialect.createParser({ tools, newId: String })
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  // What comes after the argument would close the call and let go of it.
  for (let at = 0; at < text.length * 0.95; at += 4) parser.push(text.slice(at, at + 4))
  collectGarbage()
  const held = process.memoryUsage().heapUsed - before
  parser.end('cancelled')
  return held / text.length
}
