/**
 * How many characters `run` looks at or copies, counted at the string methods of the language itself; unlike a clock,
 * it says the same on every machine.
 */
export function countWork(run: () => void): number {
  let work = 0
  const restores: (() => void)[] = []
  const count = (prototype: object, method: string, cost: (self: string, args: unknown[], result: never) => number) => {
    const own = Object.getOwnPropertyDescriptor(prototype, method)
    const original = own?.value as (...args: unknown[]) => unknown
    Object.defineProperty(prototype, method, {
      configurable: true,
      writable: true,
      value(this: string, ...args: unknown[]) {
        const result = original.apply(this, args)
        work += cost(this, args, result as never)
        return result
      },
    })
    restores.push(() => Object.defineProperty(prototype, method, own ?? {}))
  }
  count(String.prototype, 'indexOf', searched)
  count(String.prototype, 'includes', (self) => self.length)
  count(String.prototype, 'lastIndexOf', (self) => self.length)
  count(String.prototype, 'slice', (_self, _args, result: string) => result.length)
  count(String.prototype, 'startsWith', compared)
  count(String.prototype, 'charCodeAt', () => 1)
  count(String.prototype, 'charAt', () => 1)
  count(String.prototype, 'replaceAll', (self) => self.length)
  count(String.prototype, 'trim', (self) => self.length)
  count(RegExp.prototype, 'exec', (_self, [text]) => String(text).length)
  count(Array.prototype, 'join', (_self, _args, result: string) => result.length)
  try {
    run()
  } finally {
    for (const restore of restores) restore()
  }
  return work
}

function searched(self: string, [, from]: unknown[], found: number): number {
  return (found === -1 ? self.length : found) - (typeof from === 'number' ? from : 0) + 1
}

function compared(self: string, [prefix, at]: unknown[]): number {
  const start = typeof at === 'number' ? at : 0
  const words = String(prefix)
  let same = 0
  while (same < words.length && self[start + same] === words[same]) same++
  return same + 1
}
