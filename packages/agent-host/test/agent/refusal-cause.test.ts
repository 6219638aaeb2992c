import { expect, test } from 'vitest'
import { causeOf } from '../../src/agent/refusal-cause.ts'
import { ModelRefusal } from '../../src/backend/model-refusal.ts'

const fresh = { hasToolMessages: false, toolsWereTaken: false }
const later = { hasToolMessages: true, toolsWereTaken: true }
const cause = (status: number, words: string, request = fresh): string =>
  causeOf(new ModelRefusal('http://127.0.0.1/v1', status, words), request)

test.each([
  [500, ''],
  [500, 'Internal Server Error'],
  [500, 'tools param requires --jinja flag'],
  [400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'],
  [400, "[{'type': 'extra_forbidden', 'loc': ('body', 'tools'), 'msg': 'Extra inputs are not permitted'}]"],
  [422, 'Unknown field: tools'],
  [501, 'tools are not implemented'],
])('%i "%s" is about the tools', (status, words) => {
  expect(cause(status, words)).toBe('tools')
})

test.each([
  [400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."],
  [400, 'the request exceeds the available context size, try increasing it'],
  [404, 'The model `x` does not exist.'],
  [400, 'model "x" not found, try pulling it first'],
  [401, ''],
  [429, 'Rate limit reached'],
  [400, 'Incorrect API key provided'],
  [400, "Invalid schema for function 'echo': None is not of type 'object'"],
  [400, 'Failed to parse grammar'],
  [400, 'At most 0 image(s) may be provided in one prompt.'],
  [503, 'Loading model'],
])('%i "%s" moves nothing', (status, words) => {
  expect(cause(status, words)).toBe('other')
  expect(cause(status, words, later)).toBe('other')
})

test.each([
  [400, 'Only user, assistant and system roles are supported!'],
  [400, "Unexpected message role 'tool'."],
  [400, 'Conversation roles must alternate user/assistant/user/assistant/...'],
  [500, 'Unknown role: tool'],
  [500, ''],
])('%i "%s" after results is about their role', (status, words) => {
  expect(cause(status, words, later)).toBe('tool-role')
})

test('the same words without a result in the history are not', () => {
  expect(cause(400, 'Conversation roles must alternate user/assistant')).toBe('other')
})

test.each([
  ["[{'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]", 'stream-options'],
  ['Unrecognized request argument supplied: parallel_tool_calls', 'parallel-tool-calls'],
])('"%s" names the field', (words, expected) => {
  expect(cause(400, words)).toBe(expected)
})
