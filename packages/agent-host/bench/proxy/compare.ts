import type { Program } from './programs.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export interface Compared {
  /** What was measured of each, such as its CPU time for one unit of work in microseconds, median. */
  one: number
  other: number
  /** Median of the paired ratios `one / other`. */
  ratio: number
}

/** CPU time of two programs under the same load, interleaved A B B A, from so many pairs. */
export async function compareCpu(
  one: Program,
  other: Program,
  units: number,
  load: (program: Program) => Promise<void>,
  pairs = 10,
): Promise<Compared> {
  await load(one)
  await load(other)
  const measured = await inTurns(one, other, pairs, async (program) => {
    const before = program.cpu()
    await load(program)
    return ((program.cpu() - before) * 1000) / units
  })
  return toCompared(measured)
}

/** What was measured of each, pair by pair. */
export interface Pairs<Value> {
  ones: Value[]
  others: Value[]
}

/** Measures both in turns, A B B A, so that whatever else the machine does falls on both. */
export async function inTurns<Value>(
  one: Program,
  other: Program,
  pairs: number,
  measure: (program: Program) => Promise<Value>,
): Promise<Pairs<Value>> {
  const ones: Value[] = []
  const others: Value[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [one, other] : [other, one]
    for (const program of order) (program === one ? ones : others).push(await measure(program))
  }
  return { ones, others }
}

export function toCompared({ ones, others }: Pairs<number>): Compared {
  const ratios = ones.map((value, at) => value / (others[at] ?? Number.NaN))
  return { one: median(ones), other: median(others), ratio: median(ratios) }
}
