import type { Message, Part } from '../../../core/message.ts'
import type { Entry } from '../../../sessions/entry.ts'

/** An item of a conversation as it is listed. */
export type ListedItem = Record<string, unknown> & { id: string; type: string }

const digits = 4

/** The items that the entries of a conversation hold, oldest first. Their ids name the entry and the part. */
export function toConversationItems(path: readonly Entry[]): ListedItem[] {
  return path.flatMap(({ id, body }) => (body.type === 'message' ? toItems(id, body.message) : []))
}

/** The entry that the item with this id is of. */
export function entryOfItem(itemId: string): string | undefined {
  const [, hex] = /^[a-z]+_([\da-f]+)[\da-f]{4}$/.exec(itemId) ?? []
  return hex === undefined ? undefined : `entry_${hex}`
}

function toItems(entryId: string, { role, parts, extra }: Message): ListedItem[] {
  const id = (prefix: string, index: number): string =>
    `${prefix}_${entryId.replace(/^entry_/, '')}${index.toString(16).padStart(digits, '0')}`
  const isAssistant = role === 'assistant'
  const content = parts.flatMap((part) => toContent(part, isAssistant) ?? [])
  const phase = extra?.phase === undefined ? {} : { phase: extra.phase }
  const message = { id: id('msg', 0), type: 'message', role, status: 'completed', content, ...phase }
  const others = parts.flatMap((part, index) => toOther(part, (prefix) => id(prefix, index + 1)) ?? [])
  return content.length > 0 ? [message, ...others] : others
}

function toContent(part: Part, isAssistant: boolean): Record<string, unknown> | undefined {
  switch (part.type) {
    case 'text':
      return isAssistant
        ? { type: 'output_text', text: part.text, annotations: part.annotations ?? [] }
        : { type: 'input_text', text: part.text }
    case 'refusal':
      return { type: 'refusal', refusal: part.text }
    case 'image':
    case 'audio':
    case 'file': {
      const { source } = part
      const url = source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
      if (part.type === 'image') return { type: 'input_image', image_url: url, detail: 'auto' }
      return source.type === 'url' ? { type: 'input_file', file_url: url } : { type: 'input_file', file_data: url }
    }
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return undefined
  }
}

function toOther(part: Part, id: (prefix: string) => string): ListedItem | undefined {
  switch (part.type) {
    case 'reasoning': {
      const content = part.text === undefined ? [] : [{ type: 'reasoning_text', text: part.text }]
      return { id: id('rs'), type: 'reasoning', summary: [], content, status: 'completed' }
    }
    case 'tool-call': {
      const { id: call_id, name, arguments: args } = part.call
      return { id: id('fc'), type: 'function_call', call_id, name, arguments: args, status: 'completed' }
    }
    case 'tool-result': {
      const output = part.parts.map((each) => toContent(each, false)).filter((each) => each !== undefined)
      return { id: id('fco'), type: 'function_call_output', call_id: part.callId, output, status: 'completed' }
    }
    case 'text':
    case 'refusal':
    case 'image':
    case 'audio':
    case 'file':
      return undefined
  }
}
