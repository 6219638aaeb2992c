import type { Answer, FakeRequest } from '../support/fake-model-server.ts'
import type { FakeCall } from '../support/fake-model-server/reply.ts'

export interface ScriptedModel {
  /** How calls come back. Default `native`; text is written by this function. */
  calls?: 'native' | 'none' | ((name: string) => string)
  /** Which of these the server enforces. Default all. */
  keepsTo?: readonly ('required' | 'named' | 'none' | 'json_schema' | 'json_object' | 'parallel')[]
  /** Put into every longer answer. */
  more?: Partial<Answer>
}

const everything = ['required', 'named', 'none', 'json_schema', 'json_object', 'parallel'] as const

/** A model that answers the doctor's questions, by what is in each request and nothing else. */
export function scriptedModel({ calls = 'native', keepsTo = everything, more = {} }: ScriptedModel = {}): (
  request: FakeRequest,
) => Answer {
  const keeps = (name: (typeof everything)[number]): boolean => keepsTo.includes(name)
  const call = (names: readonly string[], field: 'toolCalls' | 'functionCall' = 'toolCalls'): Answer => {
    if (calls === 'none') return { text: 'I would rather not.', ...more }
    if (calls !== 'native') return { text: names.map(calls).join('\n'), ...more }
    const made = names.map<FakeCall>((name) => ({ name, arguments: argumentsOf[name] ?? {} }))
    return { ...(field === 'toolCalls' ? { toolCalls: made } : { functionCall: made[0] ?? nothing }), ...more }
  }
  return ({ body }: FakeRequest) => {
    if (body.max_tokens === 1) return { text: '1' }
    const said = JSON.stringify(body.messages)
    const format = (body.response_format as { type?: string } | undefined)?.type
    if (format === 'json_schema' && keeps(format)) return { text: '{"greeting":"Hello","language":"English"}' }
    if (format === 'json_object' && keeps(format)) return { text: '{"hello":true}' }
    if (format !== undefined) return { text: 'Hello!' }
    if (body.tool_choice === 'required') return keeps('required') ? call(['read_weather_station']) : { text: 'Hello.' }
    if (typeof body.tool_choice === 'object')
      return call([keeps('named') ? 'read_station_clock' : 'read_weather_station'])
    if (body.tool_choice === 'none') return keeps('none') ? { text: 'I cannot look.' } : call(['read_weather_station'])
    if (said.includes('Busan'))
      return call(keeps('parallel') ? ['read_weather_station', 'read_weather_station'] : ['read_weather_station'])
    if (body.tools) return call(['read_weather_station'])
    if (body.functions) return call(['read_weather_station'], 'functionCall')
    if (said.includes('read_weather_station'))
      return calls === 'none' ? call([]) : { text: hermesCall('read_weather_station') }
    return { text: '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20', split: 4, ...more }
  }
}

const nothing: FakeCall = { name: 'nothing', arguments: {} }
const argumentsOf: Record<string, Record<string, string>> = {
  read_weather_station: { city: 'Seoul' },
  read_station_clock: { zone: 'Asia/Seoul' },
}

/** A call as Hermes, Qwen2.5 and their kin write it. */
export function hermesCall(name: string): string {
  return `<tool_call>\n{"name": "${name}", "arguments": ${JSON.stringify(argumentsOf[name])}}\n</tool_call>`
}
