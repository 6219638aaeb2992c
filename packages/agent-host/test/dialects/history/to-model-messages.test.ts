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
        const sent = JSON.stringify(toModelMessages(messages, profile).map((message) => withoutResultNames(message)))
        expect([...words, ...calls, ...results].filter((part) => occurrences(sent, part) !== 1)).toEqual([])
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

/** Results may name their tool again. */
function withoutResultNames(message: ModelMessage): ModelMessage {
  if (message.role === 'function') return { ...message, name: '' }
  if (message.role !== 'user' || typeof message.content !== 'string') return message
  return { ...message, content: message.content.replaceAll(/^Result of tool\w+:$/gm, '') }
}

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
