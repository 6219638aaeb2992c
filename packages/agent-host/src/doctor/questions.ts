import type { ChatRequest } from '../backend/model-server.ts'
import { offerTools } from '../backend/offered-tools.ts'
import type { ToolSpec } from '../core/tool.ts'
import type { ModelMessage } from '../dialects/history/model-message.ts'

/** A request without what is the same for all of them. */
export type Question = Omit<ChatRequest, 'model' | 'stream' | 'stream_options'>

/** Nobody invents this name, so that a call to it shows that the model was shown the tool; no question says it. */
export const weather: ToolSpec = {
  name: 'read_weather_station',
  description: 'Tells the weather in a city right now.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Name of the city, in English.' } },
    required: ['city'],
    additionalProperties: false,
  },
}

export const time: ToolSpec = {
  name: 'read_station_clock',
  description: 'Tells the time in a time zone right now.',
  parameters: {
    type: 'object',
    properties: { zone: { type: 'string', description: 'IANA name, like Asia/Seoul.' } },
    required: ['zone'],
    additionalProperties: false,
  },
}

export const tools: readonly ToolSpec[] = [weather, time]

/** Enough for some thoughts and a call. */
export const callTokens = 256

const user = (content: string): ModelMessage => ({ role: 'user', content })

export const plainQuestion: Question = {
  messages: [user('Count from 1 to 20, in one line.')],
  max_tokens: 64,
  temperature: 0,
}

export const weatherText = 'What is the weather in Seoul right now? Use a tool to find out.'

const asked = { messages: [user(weatherText)], max_tokens: callTokens, temperature: 0 }
const offered = offerTools(tools, 'tools', false).tools ?? []

export const toolsQuestion: Question = { ...asked, tools: offered }
export const functionsQuestion: Question = { ...asked, ...offerTools(tools, 'functions', false) }

/** The same without tools, for the length of its prompt. */
export const baselineQuestion: Question = { ...asked, max_tokens: 1 }

export const parallelQuestion: Question = {
  ...asked,
  messages: [user('What is the weather in Seoul and in Busan right now? Use a tool for both cities at once.')],
  tools: offered,
  parallel_tool_calls: true,
}

/** Nothing in it asks for a call, so that one shows that the choice was enforced. */
export const requiredQuestion: Question = {
  ...asked,
  messages: [user('Say hello.')],
  tools: offered,
  tool_choice: 'required',
}

/** Asks for the other tool than the one that is chosen. */
export const namedQuestion: Question = {
  ...toolsQuestion,
  tool_choice: { type: 'function', function: { name: time.name } },
}

export const noneQuestion: Question = { ...toolsQuestion, tool_choice: 'none' }

/** An empty list of tools, which changes nothing about the question. */
export const emptyToolsQuestion: Question = { ...baselineQuestion, tools: [] }

const greetingQuestion = { max_tokens: callTokens, temperature: 0 }

/** Nothing but the schema asks for JSON, so that a fitting answer shows that it was enforced. */
export const jsonSchemaQuestion: Question = {
  ...greetingQuestion,
  messages: [user('Say hello in one word.')],
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: 'greeting',
      strict: true,
      schema: {
        type: 'object',
        properties: { greeting: { type: 'string' }, language: { type: 'string', enum: ['English', 'Korean'] } },
        required: ['greeting', 'language'],
        additionalProperties: false,
      },
    },
  },
}

/** OpenAI demands the word JSON somewhere in the messages, so it stands where it asks for none. */
export const jsonObjectQuestion: Question = {
  ...greetingQuestion,
  messages: [user('Say hello in one word. You need not write JSON.')],
  response_format: { type: 'json_object' },
}

/** Long enough that a prompt with it is told apart from one without by its tokens. */
const longText = Array.from({ length: 60 }, (_, i) => `Fact ${i + 1}: the sky is blue.`).join(' ')

/** Far less than {@link longText} has in any tokenizer, and more than the marks around a message. */
export const longTextTokens = 150

/** A plain conversation that every template takes; the others here are it and something more. */
const conversation = [user('Hello.'), { role: 'assistant', content: 'Hello!' }, user('Bye.')] as const
const historyOptions = { max_tokens: 1, temperature: 0 }

export const plainHistoryQuestion: Question = { ...historyOptions, messages: conversation }

const exchange = (content: string | null): readonly ModelMessage[] => [
  ...conversation,
  {
    role: 'assistant',
    content,
    // Mistral's templates demand ids of nine letters and digits.
    tool_calls: [
      { id: 'call00001', type: 'function', function: { name: weather.name, arguments: '{"city":"Seoul"}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'call00001', content: longText },
]

export const toolRoleQuestion: Question = { ...historyOptions, messages: exchange('') }
export const nullContentQuestion: Question = { ...historyOptions, messages: exchange(null) }

export const lateSystemQuestion: Question = {
  ...historyOptions,
  messages: [...conversation.slice(0, 2), { role: 'system', content: longText }, ...conversation.slice(2)],
}

export const twoSystemsQuestion: Question = {
  ...historyOptions,
  messages: [{ role: 'system', content: 'Be brief.' }, { role: 'system', content: longText }, ...conversation],
}

export const developerQuestion: Question = {
  ...historyOptions,
  messages: [{ role: 'developer', content: longText }, ...conversation],
}
