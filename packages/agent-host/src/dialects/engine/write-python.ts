import type { ToolCall } from '../../core/tool.ts'
import { toJsonCharacter } from './notation.ts'
import { respellJson } from './respell-json.ts'

const literals: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' }
const pythonName = /^[a-zA-Z_]\w*$/

/** A call as Python: `get_weather(city='Tokyo')`, with `**{…}` where a name is none of Python's. */
export function toPythonCall(call: ToolCall, quote: "'" | '"'): string {
  let named = true
  const asMembers = (asNames: boolean) =>
    respellJson(call.arguments || '{}', {
      key(text, depth) {
        if (depth === 1 && !pythonName.test(text)) named = false
        return asNames && depth === 1 ? `${text}=` : `${toPythonString(text, quote)}: `
      },
      string: (text) => toPythonString(text, quote),
      scalar: (word) => literals[word] ?? word,
      comma: ', ',
    })
  const asNames = asMembers(true).slice(1, -1)
  return named ? `${call.name}(${asNames})` : `${call.name}(**${asMembers(false)})`
}

/** Calls as a Python list. */
export function toPythonList(calls: readonly ToolCall[], quote: "'" | '"'): string {
  return `[${calls.map((call) => toPythonCall(call, quote)).join(', ')}]`
}

function toPythonString(text: string, quote: string): string {
  const json = toJsonCharacter(text)
  return quote === '"' ? `"${json}"` : `'${json.replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`
}
