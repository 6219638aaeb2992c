import type { AgentEvent, Usage } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import { type Message, type Part, textMessage, toText } from '../core/message.ts'
import { type ModelStepOptions, runModelStep } from './model-step.ts'

const task = [
  'Below is the beginning of a conversation between a user and an assistant that uses tools.',
  'It grew too long to be kept whole. Write a summary from which the assistant can go on: what the user wants,',
  'what was found out (with exact names, numbers and links), what was decided, and what is still open.',
  'Write in the language of the conversation, and nothing but the summary.',
].join(' ')

const lost = 'What was said before was too long to be kept, and no summary of it could be made.'

/**
 * One turn of the model by itself, that sums up these messages. A message of the user, as what tools said is in it and
 * is not to become an instruction. A turn that fails gives a message that says so.
 */
export async function summarize(
  messages: readonly Message[],
  mostBytes: number,
  options: ModelStepOptions,
  signal: AbortSignal,
): Promise<{ message: Message; usage: Usage | undefined }> {
  const prompt = textMessage(createId('msg'), 'user', `${task}\n\n${toTranscript(messages, mostBytes)}`)
  const alone = { ...options, tools: [], toolChoice: undefined, taught: undefined, parameters: undefined }
  try {
    const turn = await lastOf(runModelStep([prompt], alone, signal))
    const text = toText(turn.message.parts).trim()
    return { message: toMessage(text === '' ? lost : `What was said before, in short:\n\n${text}`), usage: turn.usage }
  } catch (error) {
    signal.throwIfAborted()
    options.log.warn({ err: error }, 'the conversation could not be summed up')
    return { message: toMessage(lost), usage: undefined }
  }
}

function toMessage(text: string): Message {
  return textMessage(createId('msg'), 'user', `(${text})`)
}

async function lastOf<Value>(events: AsyncGenerator<AgentEvent, Value>): Promise<Value> {
  while (true) {
    const next = await events.next()
    if (next.done === true) return next.value
  }
}

/** The conversation as text, of which the end is kept where it is too long. */
function toTranscript(messages: readonly Message[], mostBytes: number): string {
  const text = messages.map(({ role, parts }) => `${role}: ${parts.map(toWords).join('\n')}`).join('\n\n')
  const bytes = Buffer.from(text)
  if (bytes.length <= mostBytes) return text
  return `…${bytes
    .subarray(bytes.length - mostBytes)
    .toString('utf8')
    .replace(/^\uFFFD+/, '')}`
}

function toWords(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text
    case 'tool-call':
      return `(calls ${part.call.name} ${part.call.arguments})`
    case 'tool-result':
      return `(result: ${part.parts.map(toWords).join('\n')})`
    case 'image':
    case 'audio':
    case 'file':
      return `(${part.type})`
    case 'reasoning':
      return ''
  }
}
