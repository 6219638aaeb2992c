import type { Template } from '@huggingface/jinja'
import type { ModelContentPart, ModelMessage } from '../../../src/dialects/history/model-message.ts'

const tools = [
  {
    type: 'function',
    function: { name: 'offered', description: 'A tool', parameters: { type: 'object', properties: {}, required: [] } },
  },
]

/** How a model server prepares messages for a template. */
export interface ServerShape {
  /** Whether it parses arguments, as most do. */
  parsesArguments: boolean
  /** Whether all content is a list of parts, for templates that look for images, or one text. */
  contentInParts: boolean
}

/** What a model would be shown of some messages; images are marks in the text. */
export function renderTemplate(template: Template, messages: readonly ModelMessage[], shape: ServerShape): string {
  return template.render({
    messages: messages.map((message) => toTemplateMessage(message, shape)),
    tools,
    add_generation_prompt: true,
    bos_token: '<s>',
    eos_token: '</s>',
    functions: '',
    datetime: '',
  })
}

function toTemplateMessage(message: ModelMessage, { parsesArguments, contentInParts }: ServerShape): object {
  const content = contentInParts && message.content !== null ? toParts(message.content) : toText(message.content)
  if (message.role !== 'assistant' || !parsesArguments) return { ...message, content }
  return {
    ...message,
    content,
    ...(message.tool_calls && {
      tool_calls: message.tool_calls.map((call) => ({ ...call, function: parsed(call.function) })),
    }),
    ...(message.function_call && { function_call: parsed(message.function_call) }),
  }
}

function parsed(call: { name: string; arguments: string | object }): object {
  return { ...call, arguments: typeof call.arguments === 'string' ? JSON.parse(call.arguments) : call.arguments }
}

function toParts(content: string | readonly ModelContentPart[]): object[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => ({ type: 'text', text: toMark(part) }))
}

function toText(content: ModelMessage['content']): string | null {
  return Array.isArray(content) ? content.map((part) => toMark(part)).join('\n') : content
}

function toMark(part: ModelContentPart): string {
  if (part.type === 'text') return part.text
  return part.type === 'image_url' ? `<image ${part.image_url.url}>` : ''
}
