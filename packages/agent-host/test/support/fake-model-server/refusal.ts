import type { SentBody, SentMessage } from './exchange.ts'

interface Rule {
  status: number
  words: string
  applies(body: SentBody, messages: readonly SentMessage[]): boolean
}

const isSystem = (message: SentMessage): boolean => message.role === 'system'

/** What real servers refuse, with the status and the words that one of them uses. */
const rules = {
  /** llama.cpp without `--jinja`. As 400, vLLM without a tool parser says what `toolChoice` says. */
  tools: {
    status: 500,
    words: 'tools param requires --jinja flag',
    applies: (body) => (body.tools?.length ?? 0) > 0,
  },
  /** vLLM without `--enable-auto-tool-choice`: refuses tools unless they are chosen by name or not at all. */
  toolChoice: {
    status: 400,
    words: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    applies: (body) => (body.tools?.length ?? 0) > 0 && (body.tool_choice ?? 'auto') === 'auto',
  },
  /** Servers whose request model forbids unknown fields. */
  functions: {
    status: 400,
    words: "[{'type': 'extra_forbidden', 'loc': ('body', 'functions'), 'msg': 'Extra inputs are not permitted'}]",
    applies: (body) => body.functions !== undefined,
  },
  /** vLLM, since it follows OpenAI there. */
  emptyTools: {
    status: 400,
    words: '`tools` must not be an empty array.',
    applies: (body) => Array.isArray(body.tools) && body.tools.length === 0,
  },
  toolRole: {
    status: 400,
    words: 'Only user, assistant and system roles are supported!',
    applies: (_, messages) => messages.some((message) => message.role === 'tool'),
  },
  functionRole: {
    status: 400,
    words: "Unexpected message role 'function'.",
    applies: (_, messages) => messages.some((message) => message.role === 'function'),
  },
  /** Messages with `tool_calls`, in templates that know only text. */
  toolCalls: {
    status: 400,
    words: "'dict object' has no attribute 'content'",
    applies: (_, messages) => messages.some((message) => message.tool_calls !== undefined),
  },
  /** What a Jinja template says that joins strings. */
  nullContent: {
    status: 400,
    words: 'can only concatenate str (not "NoneType") to str',
    applies: (_, messages) => messages.some((message) => message.content == null),
  },
  system: {
    status: 400,
    words: 'System role not supported',
    applies: (_, messages) => messages.some(isSystem),
  },
  secondSystem: {
    status: 400,
    words: 'Conversation roles must alternate user/assistant/user/assistant/...',
    applies: (_, messages) => messages.filter(isSystem).length > 1,
  },
  lateSystem: {
    status: 400,
    words: 'System message must be at the beginning.',
    applies: (_, messages) => messages.slice(1).some(isSystem),
  },
  developer: {
    status: 400,
    words: 'Unexpected message role.',
    applies: (_, messages) => messages.some((message) => message.role === 'developer'),
  },
  /** Gemma and old Mistral templates, after an optional system message. */
  alternation: {
    status: 400,
    words: 'Conversation roles must alternate user/assistant/user/assistant/...',
    applies: (_, messages) =>
      messages
        .filter((message) => !isSystem(message))
        .some((message, index) => (message.role === 'user') !== (index % 2 === 0)),
  },
  /** Llama 3.x templates. */
  parallelCalls: {
    status: 400,
    words: 'This model only supports single tool-calls at once!',
    applies: (_, messages) => messages.some(({ tool_calls: calls }) => Array.isArray(calls) && calls.length > 1),
  },
  responseFormat: {
    status: 400,
    words: "'response_format.type' must be 'text'",
    applies: (body) => body.response_format !== undefined,
  },
  images: {
    status: 400,
    words: 'At most 0 image(s) may be provided in one prompt.',
    applies: (_, messages) =>
      messages.some(({ content }) => Array.isArray(content) && content.some((part) => part.type === 'image_url')),
  },
} as const satisfies Record<string, Rule>

/** What the server refuses: `true` as the real one would, a status, or a status and its words. */
export type Refusals = { [Name in keyof typeof rules]?: true | number | { status?: number; message: string } }

/** The first refusal that applies to a request, in the order of the rules. */
export function findRefusal(refuse: Refusals, body: SentBody): { status: number; message: string } | undefined {
  for (const [name, rule] of Object.entries<Rule>(rules)) {
    const refusal = refuse[name as keyof typeof rules]
    if (refusal === undefined || !rule.applies(body, body.messages ?? [])) continue
    if (refusal === true) return { status: rule.status, message: rule.words }
    if (typeof refusal === 'number') return { status: refusal, message: rule.words }
    return { status: rule.status, ...refusal }
  }
  return undefined
}
