import type { Program } from './programs.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export interface Compared {
  /** CPU time of each program for one unit of work, in microseconds, median. */
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
  const measure = async (program: Program): Promise<number> => {
    const before = program.cpu()
    await load(program)
    return ((program.cpu() - before) * 1000) / units
  }
  await load(one)
  await load(other)
  const ones: number[] = []
  const others: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [one, other] : [other, one]
    for (const program of order) (program === one ? ones : others).push(await measure(program))
  }
  const ratios = ones.map((value, at) => value / (others[at] ?? Number.NaN))
  return { one: median(ones), other: median(others), ratio: median(ratios) }
}
