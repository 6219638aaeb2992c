import { isSpace } from './characters.ts'
import type { Reading } from './input.ts'
import type { Turn } from './turn.ts'

const argumentKeys = ['"arguments"', '"parameters"', '"args"', '"input"']
/** A wrapper's framing is short; more white space than this is none. */
const longestFraming = 400

/**
 * Arguments that are wrapped in a whole call of the same tool, `{"name": "get_weather", "parameters": {…}}`: reads over
 * the wrapper's beginning and says so. Its closing bracket is left behind the arguments.
 */
export function* skipWrapper(turn: Turn, name: string): Reading<boolean> {
  const { input } = turn
  const parts = [['{'], ['"name"'], [':'], [JSON.stringify(name)], [','], argumentKeys, [':'], ['{']]
  for (;;) {
    const length = matchParts(input.text, input.at, parts)
    if (length === undefined && input.ended === undefined) {
      yield
      continue
    }
    if (length === undefined || length === 0) return false
    input.at += length - 1
    return true
  }
}

/** How long the parts are with white space between; 0 where they do not stand here, undefined while they may. */
function matchParts(text: string, from: number, parts: readonly (readonly string[])[]): number | undefined {
  let at = from
  for (const choices of parts) {
    while (at < text.length && at - from < longestFraming && isSpace(text.charCodeAt(at))) at++
    if (at - from >= longestFraming) return 0
    const rest = text.slice(at, at + longestFraming)
    const part = choices.find((choice) => rest.startsWith(choice))
    if (part === undefined) return choices.some((choice) => choice.startsWith(rest)) ? undefined : 0
    at += part.length
  }
  return at - from
}
