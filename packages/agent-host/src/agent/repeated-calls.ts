import type { ToolCall } from '../core/tool.ts'

/** A model that makes the same call with the same arguments this often is going in circles. */
const limit = 3

/** Counts the calls of one run. */
export interface RepeatedCalls {
  /** The first of these calls that is now made for the third time. */
  add(calls: readonly Pick<ToolCall, 'name' | 'arguments'>[]): string | undefined
}

export function createRepeatedCalls(): RepeatedCalls {
  const counts = new Map<string, number>()
  return {
    add(calls) {
      let repeated: string | undefined
      for (const call of calls) {
        const key = `${call.name} ${canonical(call.arguments)}`
        const count = (counts.get(key) ?? 0) + 1
        counts.set(key, count)
        if (count >= limit) repeated ??= call.name
      }
      return repeated
    },
  }
}

/** The same text for the same arguments, however their keys are ordered and spaced. */
function canonical(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    )
  } catch {
    return text
  }
}
