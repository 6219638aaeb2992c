import { expect, test } from 'vitest'
import { errorOutcome, toOutcome, toValue } from '../../src/catalog/tool-outcome.ts'
import type { Part } from '../../src/core/message.ts'
import type { CallToolResult } from '../../src/mcp/connection.ts'

test.each<[string, CallToolResult['content'][number], Part]>([
  ['text', { type: 'text', text: '안녕' }, { type: 'text', text: '안녕' }],
  [
    'an image',
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    { type: 'image', source: { type: 'base64', data: 'AAAA', mediaType: 'image/png' } },
  ],
  [
    'audio',
    { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
    { type: 'audio', source: { type: 'base64', data: 'AAAA', mediaType: 'audio/wav' } },
  ],
  [
    'a link',
    { type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt' },
    { type: 'text', text: 'a.txt: file:///a.txt' },
  ],
  [
    'a link with a title',
    { type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt', title: 'The letter' },
    { type: 'text', text: 'The letter: file:///a.txt' },
  ],
  [
    'a resource of text',
    { type: 'resource', resource: { uri: 'file:///a.txt', text: 'words' } },
    { type: 'text', text: 'words' },
  ],
  [
    'a resource of bytes',
    { type: 'resource', resource: { uri: 'file:///a.pdf', blob: 'AAAA', mimeType: 'application/pdf' } },
    { type: 'file', source: { type: 'base64', data: 'AAAA', mediaType: 'application/pdf' } },
  ],
  [
    'a resource of bytes of no known type',
    { type: 'resource', resource: { uri: 'file:///a', blob: 'AAAA' } },
    { type: 'file', source: { type: 'base64', data: 'AAAA', mediaType: 'application/octet-stream' } },
  ],
])('%s', (_, content, part) => {
  expect(toOutcome({ content: [content] })).toEqual({ parts: [part], isError: false })
})

test('several contents keep their order, and typed output stands beside them', () => {
  const outcome = toOutcome({
    content: [
      { type: 'text', text: 'a' },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'text', text: 'b' },
    ],
    structuredContent: { x: 1 },
  })
  expect(outcome.parts.map(({ type }) => type)).toEqual(['text', 'image', 'text'])
  expect(outcome.structured).toEqual({ x: 1 })
  expect(toValue(outcome)).toEqual({ x: 1 })
})

test('typed output alone is shown as JSON, and nothing as an empty text', () => {
  expect(toOutcome({ content: [], structuredContent: { x: [1] } })).toEqual({
    parts: [{ type: 'text', text: '{"x":[1]}' }],
    isError: false,
    structured: { x: [1] },
  })
  expect(toOutcome({ content: [] })).toEqual({ parts: [{ type: 'text', text: '' }], isError: false })
})

test('failures of the tool and of ours are results', () => {
  const failed = toOutcome({ content: [{ type: 'text', text: 'no' }], isError: true })
  expect(failed).toEqual({ parts: [{ type: 'text', text: 'no' }], isError: true })
  expect(errorOutcome('no')).toEqual(failed)
  expect(toValue(failed)).toBe('no')
})
