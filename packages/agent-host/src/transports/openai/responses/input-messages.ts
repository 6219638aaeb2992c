import type { Medium } from '../../../backend/model-media.ts'
import { createId } from '../../../core/ids.ts'
import type { Message, Part } from '../../../core/message.ts'
import { badRequest } from './bad-request.ts'
import { mediumOf, toParts } from './content.ts'
import type { InputItem } from './input-item.ts'
import { warningPrefix } from './warning.ts'

/** What the client decided about a call. */
export interface ApprovalAnswer {
  requestId: string
  approve: boolean
  reason: string | undefined
  /** Where in the request it stands. */
  path: string
}

export interface InputContext {
  /** Ids of the calls in the conversation so far. */
  priorCalls: ReadonlySet<string>
  /** The name that the model calls a client's tool by. */
  toCallName(name: string, namespace: string | undefined): string
  /** The name that the model calls an MCP tool by. */
  toMcpName(label: string, name: string): string
  /** What the model is known not to take. */
  lacks: ReadonlySet<Medium>
  /** Sealed reasoning or a compaction, opened; `undefined` where it is not ours. */
  unseal(sealed: string): string | undefined
}

export interface InputMessages {
  messages: Message[]
  approvals: ApprovalAnswer[]
}

/**
 * Items as messages: what the assistant said, thought and called until somebody else speaks is one message.
 * @throws HostError `invalid_request` that names the place, such as `input[3].call_id`.
 */
export function toInputMessages(items: readonly InputItem[], context: InputContext): InputMessages {
  const conversation = createConversation()
  const calls = createCallIds(context.priorCalls)
  const approvals: ApprovalAnswer[] = []
  for (const [index, item] of items.entries()) {
    const path = `input[${index}]`
    if (item.type === 'mcp_approval_response') approvals.push(toApproval(item, path))
    else if (isCall(item)) readCall(item, path, { conversation, calls, context })
    else readOther(item, path, { conversation, calls, context })
  }
  return { messages: conversation.messages, approvals }
}

/** Whether anything but text is among the items. */
export function holdMedia(items: readonly InputItem[]): boolean {
  return items.some((item) => {
    const content = item.type === 'message' ? item.content : 'output' in item ? item.output : undefined
    return Array.isArray(content) && content.some((part) => mediumOf(part) !== undefined)
  })
}

/** Messages as they are gathered. */
interface Conversation {
  messages: Message[]
  /** Adds to what the assistant says. */
  say(part: Part): void
  add(role: Message['role'], parts: Part[]): void
  addResult(callId: string, parts: Part[], isError: boolean): void
}

function createConversation(): Conversation {
  const messages: Message[] = []
  const add = (role: Message['role'], parts: Part[]): void => void messages.push({ id: createId('msg'), role, parts })
  return {
    messages,
    add,
    say(part) {
      if (messages.at(-1)?.role !== 'assistant') add('assistant', [])
      messages.at(-1)?.parts.push(part)
    },
    addResult: (callId, parts, isError) => add('tool', [{ type: 'tool-result', callId, parts, isError }]),
  }
}

interface Reading {
  conversation: Conversation
  calls: CallIds
  context: InputContext
}

type ItemOf<Type extends InputItem['type']> = Extract<InputItem, { type: Type }>
type CallItem = ItemOf<'function_call' | 'custom_tool_call' | 'mcp_call' | 'mcp_approval_request'>

function isCall(item: InputItem): item is CallItem {
  return ['function_call', 'custom_tool_call', 'mcp_call', 'mcp_approval_request'].includes(item.type)
}

function readCall(item: CallItem, path: string, { conversation, calls, context }: Reading): void {
  if (item.type === 'function_call' || item.type === 'custom_tool_call') {
    const args = item.type === 'function_call' ? item.arguments : JSON.stringify({ input: item.input })
    const name = context.toCallName(item.name, item.namespace ?? undefined)
    calls.open(item.call_id, `${path}.call_id`)
    return conversation.say({ type: 'tool-call', call: { id: item.call_id, name, arguments: args } })
  }
  const name = context.toMcpName(item.server_label, item.name)
  calls.open(item.id, `${path}.id`)
  conversation.say({ type: 'tool-call', call: { id: item.id, name, arguments: item.arguments } })
  if (item.type === 'mcp_approval_request') return
  const failed = item.error != null
  const text = failed ? JSON.stringify(item.error) : (item.output ?? '')
  conversation.addResult(item.id, [{ type: 'text', text }], failed)
}

type OtherItem = Exclude<InputItem, CallItem | ItemOf<'mcp_approval_response'>>

function readOther(item: OtherItem, path: string, { conversation, calls, context }: Reading): void {
  switch (item.type) {
    case 'message': {
      const parts = toParts(item.content, `${path}.content`, context.lacks)
      if (item.role !== 'assistant') return conversation.add(item.role, parts)
      for (const part of parts) conversation.say(part)
      return
    }
    case 'reasoning': {
      const part = toReasoning(item, context)
      if (part) conversation.say(part)
      return
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      calls.answer(item.call_id, `${path}.call_id`)
      return conversation.addResult(item.call_id, toParts(item.output, `${path}.output`, context.lacks), false)
    case 'compaction': {
      const text = context.unseal(item.encrypted_content)
      if (text === undefined) throw badRequest(`${path}.encrypted_content`, 'was not made by this server')
      return conversation.add('system', [{ type: 'text', text }])
    }
    // What a server offered says nothing to the model, and references were resolved before.
    case 'mcp_list_tools':
    case 'item_reference':
      return
  }
}

function toApproval(item: ItemOf<'mcp_approval_response'>, path: string): ApprovalAnswer {
  const { approval_request_id: requestId, approve, reason } = item
  return { requestId, approve, reason: reason ?? undefined, path: `${path}.approval_request_id` }
}

function toReasoning(
  { id, content, summary, encrypted_content }: ItemOf<'reasoning'>,
  { unseal }: InputContext,
): Part | undefined {
  if (id?.startsWith(warningPrefix)) return undefined
  const shown = (content?.length ? content : summary).map(({ text }) => text).join('\n')
  const text = encrypted_content == null ? shown : (unseal(encrypted_content) ?? shown)
  return text === '' ? undefined : { type: 'reasoning', text }
}

/** Watches that every call has one id, and every result a call. */
interface CallIds {
  open(id: string, path: string): void
  answer(id: string, path: string): void
}

function createCallIds(prior: ReadonlySet<string>): CallIds {
  const opened = new Set<string>()
  const answered = new Set<string>()
  return {
    open(id, path) {
      if (opened.has(id)) throw badRequest(path, `${JSON.stringify(id)} is the id of another call already`)
      opened.add(id)
    },
    answer(id, path) {
      if (!prior.has(id) && !opened.has(id)) {
        throw badRequest(path, `there is no call with the id ${JSON.stringify(id)}`)
      }
      if (answered.has(id)) throw badRequest(path, `${JSON.stringify(id)} has a result already`)
      answered.add(id)
    },
  }
}
