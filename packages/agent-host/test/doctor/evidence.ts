import type { FakeRequest } from '../support/fake-model-server.ts'

type Shows = (request: FakeRequest) => boolean

const roles = ({ body }: FakeRequest): (string | undefined)[] => (body.messages ?? []).map(({ role }) => role)
const format = ({ body }: FakeRequest): unknown => (body.response_format as { type?: unknown } | undefined)?.type
const isPlain: Shows = ({ body }) => body.max_tokens === 64 && body.tools === undefined
const longChoice =
  (choice: unknown): Shows =>
  ({ body }) =>
    body.tool_choice === choice && body.tools?.length === 2

/** What a request must hold to show what each finding says. */
export const shows: Record<string, Shows> = {
  chat: isPlain,
  streaming: isPlain,
  context: ({ method, path }) =>
    method === 'GET' && ['/v1/models', '/api/ps', '/props', '/api/v0/models'].includes(path),
  usage: isPlain,
  latency: isPlain,
  reasoning: isPlain,
  tools: ({ body }) => body.tools?.length === 2 && body.tool_choice === undefined && body.functions === undefined,
  functions: ({ body }) => body.functions?.length === 2 && body.tools === undefined,
  prompt: ({ body }) =>
    body.tools === undefined &&
    body.functions === undefined &&
    JSON.stringify(body.messages).includes('Tells the weather in a city'),
  'parallel calls': ({ body }) => body.tools?.length === 2,
  'tool_choice required': longChoice('required'),
  'tool_choice none': longChoice('none'),
  'tool_choice named': ({ body }) =>
    JSON.stringify(body.tool_choice) === '{"type":"function","function":{"name":"read_station_clock"}}',
  json_schema: (request) => format(request) === 'json_schema',
  json_object: (request) => format(request) === 'json_object',
  'tool role': (request) => roles(request).includes('tool') && request.body.messages?.[3]?.content === '',
  'null content': (request) => roles(request).includes('tool') && request.body.messages?.[3]?.content === null,
  'late system': (request) => roles(request).indexOf('system') > 0,
  'two systems': (request) => roles(request).filter((role) => role === 'system').length === 2,
  'developer role': (request) => roles(request).includes('developer'),
  'tools: []': ({ body }) => Array.isArray(body.tools) && body.tools.length === 0,
}
