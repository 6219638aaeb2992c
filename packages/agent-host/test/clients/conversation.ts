import type { Answer, FakeModelServer } from '../support/fake-model-server.ts'

/** One turn of the model, whatever format it is written in. */
interface Turn {
  reasoning?: string
  text?: string
  calls?: readonly ScriptedCall[]
}

interface ScriptedCall {
  name: string
  /** As JSON text is written by Python, which models have seen most of. */
  arguments: string
  /** The same for formats that have no JSON: strings as they are. */
  values: Readonly<Record<string, string>>
}

const weather = (city: string, days: number): ScriptedCall => ({
  name: 'get_weather',
  arguments: `{"city": ${JSON.stringify(city)}, "days": ${days}}`,
  values: { city, days: String(days) },
})

const convert = (amount: number, note: string): ScriptedCall => ({
  name: 'convert_money',
  arguments: `{"amount": ${amount}, "note": ${JSON.stringify(note)}}`,
  values: { amount: String(amount), note },
})

/** A conversation with two tools: one call after some text, then one of each at once, then the answer. */
const turns: readonly Turn[] = [
  {
    reasoning: 'The user asks for the weather.',
    text: 'Let me look that up. 잠시만요…',
    calls: [weather('서울 "강남"', 3)],
  },
  { calls: [weather('Zürich', 1), convert(12.5, 'two lines:\n\\ & <b>"quotes"</b> 😀')] },
  { text: 'It is **sunny** in 서울 and costs 9.25 USD. 😀\n\n- done' },
]

/** The tools of the conversation, in JSON Schema. */
export const toolSchemas = {
  get_weather: {
    description: 'The weather of the coming days.',
    parameters: toParameters({ city: { type: 'string' }, days: { type: 'integer' } }),
  },
  convert_money: {
    description: 'Converts an amount to US dollars.',
    parameters: toParameters({ amount: { type: 'number' }, note: { type: 'string' } }),
  },
}

function toParameters(properties: Record<string, { type: 'string' | 'integer' | 'number' }>) {
  const required = Object.keys(properties)
  return { type: 'object' as const, properties, required, additionalProperties: false as const }
}

/** What a tool answers to these arguments. */
export function runTool(name: string, args: unknown): string {
  return name === 'get_weather' ? `Sunny: ${JSON.stringify(args)}` : '9.25 USD'
}

export const question = 'What is the weather in 서울, and what does it cost?'

/** What a client heard, in order. */
export interface Heard {
  /** The content of each turn. */
  said: string[]
  /** The calls of all turns, with the bytes of their arguments. */
  calls: { name: string; arguments: string }[]
}

/** What every client must hear, whatever the model wrote. */
export const expected: Heard = {
  said: turns.map(({ text = '' }) => text),
  calls: turns.flatMap(({ calls = [] }) => calls.map(({ name, arguments: args }) => ({ name, arguments: args }))),
}

export interface Format {
  model: string
  write(turn: Turn): Answer
}

const inText =
  (write: (turn: Turn) => string): Format['write'] =>
  (turn) => ({ text: write(turn), split: 3 })
const think = ({ reasoning }: Turn): string => (reasoning === undefined ? '' : `<think>${reasoning}</think>`)

/** Formats of calls, by the name that the issue gives them: as a server speaks them that parses nothing, or all. */
export const formats = {
  native: {
    model: 'native/model',
    write: ({ reasoning, text, calls }) => ({
      ...(text !== undefined && { text }),
      ...(reasoning !== undefined && { reasoning }),
      ...(calls && { toolCalls: calls.map(({ name, arguments: args }) => ({ name, arguments: args })) }),
      split: 3,
    }),
  },
  Harmony: { model: 'openai/gpt-oss-20b', write: inText(toHarmony) },
  GLM: {
    model: 'zai-org/GLM-4.5',
    write: inText((turn) => {
      const calls = (turn.calls ?? []).map(({ name, values }) => {
        const pairs = Object.entries(values).map(
          ([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`,
        )
        return `<tool_call>${name}\n${pairs.join('')}</tool_call>`
      })
      return think(turn) + (turn.text ?? '') + calls.join('\n')
    }),
  },
  Hermes: {
    model: 'Qwen/Qwen3-8B',
    write: inText((turn) => {
      const calls = (turn.calls ?? []).map(
        ({ name, arguments: args }) => `<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`,
      )
      return think(turn) + (turn.text ?? '') + calls.join('\n')
    }),
  },
  '<invoke>': { model: 'MiniMaxAI/MiniMax-M2', write: inText((turn) => toInvoke(turn, 'minimax:tool_call')) },
  '<invoke> of a model that nobody knows': {
    model: 'nobody/knows',
    write: inText((turn) => toInvoke(turn, 'function_calls')),
  },
} satisfies Record<string, Format>

function toHarmony({ reasoning, text, calls = [] }: Turn): string {
  const messages = [
    ...(reasoning === undefined ? [] : [`<|channel|>analysis<|message|>${reasoning}<|end|>`]),
    ...(text === undefined
      ? []
      : [
          `<|channel|>${calls.length > 0 ? 'commentary' : 'final'}<|message|>${text}${calls.length > 0 ? '<|end|>' : '<|return|>'}`,
        ]),
    ...calls.map(
      ({ name, arguments: args }) =>
        `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${args}<|call|>`,
    ),
  ]
  return messages.join('<|start|>assistant')
}

function toInvoke(turn: Turn, wrapper: string): string {
  const calls = (turn.calls ?? []).map(({ name, values }) => {
    const parameters = Object.entries(values).map(([key, value]) => `<parameter name="${key}">${value}</parameter>\n`)
    return `<invoke name="${name}">\n${parameters.join('')}</invoke>\n`
  })
  const wrapped = calls.length === 0 ? '' : `<${wrapper}>\n${calls.join('')}</${wrapper}>`
  return think(turn) + (turn.text ?? '') + wrapped
}

/** The turns of the conversation in this format. */
export function toScript({ write }: Format): Answer[] {
  return turns.map((turn) => write(turn))
}

/** The messages that the model server was last sent, with ids by their order, as each run has its own. */
export function lastMessages({ chats }: FakeModelServer): unknown[] {
  const ids = new Map<unknown, string>()
  const short = (id: unknown): string => {
    if (!ids.has(id)) ids.set(id, `id${ids.size}`)
    return ids.get(id) ?? ''
  }
  return JSON.parse(
    JSON.stringify(chats.at(-1)?.body.messages ?? [], (key, value: unknown) => {
      const isId = (key === 'id' || key === 'tool_call_id') && typeof value === 'string'
      return isId ? short(value) : value
    }),
  ) as unknown[]
}
