import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../../src/core/message.ts'
import { textMessage } from '../../../src/core/message.ts'
import {
  defaultProfile,
  historyProfile,
  toFunctions,
  toModelMessages,
  toTextOnly,
  type HistoryProfile,
  type ModelMessage,
} from '../../../src/dialects/index.ts'
import { conversations } from './conversations.ts'
import { findHistoryFaults } from './history-faults.ts'

const named: Record<string, HistoryProfile> = {
  default: defaultProfile,
  'gpt-oss': historyProfile('openai/gpt-oss-20b'),
  qwen: historyProfile('Qwen/Qwen3-8B'),
  deepseek: historyProfile('deepseek-ai/DeepSeek-V3-0324'),
  kimi: historyProfile('moonshotai/Kimi-K2-Instruct'),
  mistral: historyProfile('mistralai/Mistral-Small-3.2-24B-Instruct-2506'),
  gemma: historyProfile('google/gemma-2-9b-it'),
  llama: historyProfile('meta-llama/Llama-3.1-8B-Instruct'),
  'text only': toTextOnly(defaultProfile),
  'text only, harmony': toTextOnly(historyProfile('gpt-oss:20b')),
  functions: toFunctions(defaultProfile),
  'functions of llama': toFunctions(historyProfile('llama-3.2-3b')),
  'results as user': { ...defaultProfile, toolRole: 'user' },
  'system kept, objects, null': {
    ...defaultProfile,
    system: 'keep',
    developer: 'keep',
    arguments: 'object',
    emptyContent: null,
  },
  'all reasoning': { ...defaultProfile, reasoning: 'all' },
}
const profiles = Object.entries(named).map(([name, profile]) => ({ name, profile }))

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1
}

describe.each(profiles)('every conversation, for $name', ({ profile }) => {
  it('keeps every word, call and result, once', () => {
    fc.assert(
      fc.property(conversations, ({ messages, words, calls, results }) => {
        const sent = JSON.stringify(toModelMessages(messages, profile))
        expect(
          [...words, ...calls.map((one) => one.replace(/^.* /, '')), ...results].filter(
            (part) => occurrences(sent, part) !== 1,
          ),
        ).toEqual([])
      }),
    )
  })

  it('is what the template or the server wants', () => {
    fc.assert(
      fc.property(conversations, ({ messages }) => {
        expect(findHistoryFaults(toModelMessages(messages, profile), profile)).toEqual([])
      }),
    )
  })
})

const call = { id: 'call_abc', name: 'get_time', arguments: '{"timezone":"Asia/Seoul"}' }
const talk: Message[] = [
  textMessage('1', 'user', 'Time?'),
  {
    id: '2',
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Look.' },
      { type: 'tool-call', call },
    ],
  },
  {
    id: '3',
    role: 'tool',
    parts: [{ type: 'tool-result', callId: call.id, parts: [{ type: 'text', text: '09:00' }], isError: false }],
  },
]

describe('one call', () => {
  it('is native by default', () => {
    expect(toModelMessages(talk, defaultProfile)).toEqual([
      { role: 'user', content: 'Time?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call_abc', type: 'function', function: { name: call.name, arguments: call.arguments } }],
      },
      { role: 'tool', tool_call_id: 'call_abc', content: '09:00' },
    ])
  })

  it('is a function_call on the functions rung', () => {
    expect(toModelMessages(talk, toFunctions(defaultProfile)).slice(1)).toEqual([
      { role: 'assistant', content: '', function_call: { name: call.name, arguments: call.arguments } },
      { role: 'function', name: 'get_time', content: '09:00' },
    ])
  })

  it('is text where the server knows no tools', () => {
    expect(toModelMessages(talk, toTextOnly(historyProfile('Qwen/Qwen2.5-7B-Instruct'))).slice(1)).toEqual([
      {
        role: 'assistant',
        content: '<tool_call>\n{"name": "get_time", "arguments": {"timezone":"Asia/Seoul"}}\n</tool_call>',
        reasoning_content: 'Look.',
        reasoning: 'Look.',
      },
      { role: 'user', content: '<tool_response>\n09:00\n</tool_response>' },
    ])
  })

  it('goes back with the reasoning of the running loop to gpt-oss', () => {
    expect(toModelMessages(talk, historyProfile('gpt-oss:20b'))[1]).toMatchObject({ thinking: 'Look.', content: '' })
    const later = [...talk, textMessage('4', 'assistant', 'Nine.'), textMessage('5', 'user', 'Thanks')]
    expect(toModelMessages(later, historyProfile('gpt-oss:20b'))[1]).not.toHaveProperty('thinking')
  })

  it('carries an object where the profile says so', () => {
    expect(toModelMessages(talk, { ...defaultProfile, arguments: 'object' })[1]).toMatchObject({
      tool_calls: [{ function: { arguments: { timezone: 'Asia/Seoul' } } }],
    })
  })
})

const said = (role: Message['role'], text: string): Message => textMessage(text, role, text)
const lineOf = ({ role, content }: ModelMessage): string =>
  `${role} ${typeof content === 'string' ? content : JSON.stringify(content)}`
const answered = (id: string, text: string, isError = false): Message => ({
  id: `result of ${id}`,
  role: 'tool',
  parts: [{ type: 'tool-result', callId: id, parts: text === '' ? [] : [{ type: 'text', text }], isError }],
})

const resultsOf = (...messages: Message[]) =>
  toModelMessages([...talk.slice(0, 2), ...messages], defaultProfile)
    .slice(2)
    .map(({ role, content }) => ({ role, content }))

describe('results', () => {
  it('that failed say so, once', () => {
    expect(resultsOf(answered(call.id, 'no such zone', true))).toEqual([
      { role: 'tool', content: 'Error: no such zone' },
    ])
    expect(resultsOf(answered(call.id, 'Error: no such zone', true))[0]?.content).toBe('Error: no such zone')
    expect(resultsOf(answered(call.id, '', true))[0]?.content).toBe('Error: the tool gave no reason.')
  })

  it('that never came are said to be missing', () => {
    expect(resultsOf()).toEqual([{ role: 'tool', content: 'No result: this call was not answered.' }])
  })

  it('that nobody asked for are told by the user', () => {
    expect(resultsOf(answered(call.id, '09:00'), answered('gone', 'lost', true))).toEqual([
      { role: 'tool', content: '09:00' },
      { role: 'user', content: 'Result of an earlier call:\nError: lost' },
    ])
  })
})

describe('system messages', () => {
  const messages = ['system', 'developer', 'user', 'system', 'assistant', 'user', 'system'] as const
  const placed = (profile: HistoryProfile) =>
    toModelMessages(
      messages.map((role, at) => said(role, `${at}`)),
      profile,
    ).map((message) => lineOf(message).replaceAll('\n\n', '+'))

  it('become one at the beginning, and late ones go to the next user', () => {
    expect(placed(defaultProfile)).toEqual(['system 0+1', 'user 2', 'assistant 4', 'user 3+5', 'user 6'])
  })

  it('go to the first user where a template has no such role', () => {
    expect(placed(historyProfile('gemma-2-9b-it'))).toEqual(['user 0+1+2', 'assistant 4', 'user 3+5+6'])
  })

  it('stay where they are kept', () => {
    expect(placed({ ...defaultProfile, system: 'keep', developer: 'keep' })[1]).toBe('developer 1')
  })
})

const calling = (...calls: { id: string; name: string; arguments: string }[]): Message => ({
  id: 'calls',
  role: 'assistant',
  parts: [{ type: 'text', text: 'Look.' }, ...calls.map((one) => ({ type: 'tool-call', call: one }) as const)],
})
const time = (id: string) => ({ id, name: 'get_time', arguments: '{}' })
const callsFor = (profile: HistoryProfile, ...calls: { id: string; name: string; arguments: string }[]) =>
  toModelMessages([calling(...calls)], profile).flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []) : [],
  )

describe('calls', () => {
  it('are numbered for Kimi, and its own ids are kept', () => {
    const ids = callsFor(
      historyProfile('Kimi-K2'),
      time('x'),
      time('functions.get_time:0'),
      time('functions.get_time:0'),
    )
    expect(ids.map(({ id }) => id)).toEqual(['functions.get_time:1', 'functions.get_time:0', 'functions.get_time:2'])
  })

  it.each(['', ' ', '{"a": 12345678901234567890}', '{oops', '[1]', '"text"', 'null'])(
    'with the arguments %j carry an object that has them',
    (text) => {
      const [sent] = callsFor(defaultProfile, { ...time('x'), arguments: text })
      const expected = text.trim() === '' ? '{}' : text.startsWith('{"a"') ? text : JSON.stringify({ arguments: text })
      expect(sent?.function.arguments).toBe(expected)
    },
  )

  it('leave their text to a message of its own where a template would drop it', () => {
    const sent = toModelMessages([said('user', 'Time?'), calling(time('x'))], historyProfile('llama3.1:8b'))
    expect(sent.map((message) => lineOf(message)).slice(0, 3)).toEqual(['user Time?', 'assistant Look.', 'assistant '])
  })
})

it('a conversation without a word is still one', () => {
  expect(toModelMessages([said('system', '')], defaultProfile)).toEqual([{ role: 'user', content: '(no message)' }])
})

describe('media', () => {
  const image = { type: 'image', source: { type: 'base64', data: 'AAAA', mediaType: 'image/png' } } as const
  const url = 'data:image/png;base64,AAAA'

  it('of a user stand among the words', () => {
    const message: Message = { id: '1', role: 'user', parts: [{ type: 'text', text: 'See' }, image] }
    expect(toModelMessages([message], defaultProfile)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ])
  })

  it('of a result follow in a message of the user', () => {
    const [user, assistant] = talk
    if (!user || !assistant) throw new Error('the talk has two messages')
    const result: Message = {
      id: '3',
      role: 'tool',
      parts: [{ type: 'tool-result', callId: call.id, parts: [image], isError: false }],
    }
    expect(toModelMessages([user, assistant, result], defaultProfile).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'call_abc', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From get_time:' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ])
  })
})
