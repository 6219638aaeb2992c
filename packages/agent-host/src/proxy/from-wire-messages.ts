import { HostError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import type { Message, Part, Role } from '../core/message.ts'
import { isObject, objectsIn, textIn } from './wire.ts'

type WireMessage = Readonly<Record<string, unknown>>

const roles: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/**
 * A client's messages as ours, to be written as a model's template wants them. The older
 * `function_call` and its `function` message, which have no id, are paired in their order.
 *
 * @throws HostError `invalid_request` for a role or a kind of content that cannot be written otherwise.
 */
export function fromWireMessages(messages: readonly WireMessage[]): Message[] {
  const unanswered: { id: string; name: string }[] = []
  return messages.map((message) => {
    const role = roles[textIn(message.role)]
    if (!role) throw unknown(`A message of the role "${textIn(message.role)}"`)
    if (role === 'tool') return { id: createId('msg'), role, parts: [toResult(message, unanswered)] }
    const parts = toParts(message.content)
    if (role !== 'assistant') return { id: createId('msg'), role, parts }
    const thought = textIn(message.reasoning_content) || textIn(message.reasoning)
    const refusal = textIn(message.refusal)
    return {
      id: createId('msg'),
      role,
      parts: [
        ...(thought === '' ? [] : [{ type: 'reasoning' as const, text: thought }]),
        ...parts,
        ...(refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
        ...toCalls(message, unanswered),
      ],
    }
  })
}

function toCalls(message: WireMessage, unanswered: { id: string; name: string }[]): Part[] {
  const calls = objectsIn(message.tool_calls).map(({ id, function: called }) => toCall(called, textIn(id)))
  if (isObject(message.function_call)) {
    const part = toCall(message.function_call, createId('call'))
    unanswered.push(part.call)
    calls.push(part)
  }
  return calls
}

function toCall(called: unknown, id: string): Part & { type: 'tool-call' } {
  const { name, arguments: given } = isObject(called) ? called : {}
  const text = isObject(given) ? JSON.stringify(given) : textIn(given)
  return { type: 'tool-call', call: { id: id || createId('call'), name: textIn(name), arguments: text } }
}

function toResult(message: WireMessage, unanswered: { id: string; name: string }[]): Part {
  const parts = toParts(message.content)
  const asked = unanswered.findIndex(({ name }) => name === message.name)
  const [older] = message.role === 'function' && asked !== -1 ? unanswered.splice(asked, 1) : []
  return { type: 'tool-result', callId: older?.id ?? textIn(message.tool_call_id), parts, isError: false }
}

function toParts(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return objectsIn(content).map((part) => toPart(part))
}

function toPart(part: Record<string, unknown>): Part {
  const { type, text, refusal, image_url: image, input_audio: audio, file } = part
  if (type === 'text') return { type: 'text', text: textIn(text) }
  if (type === 'refusal') return { type: 'refusal', text: textIn(refusal) }
  const url = textIn(isObject(image) ? image.url : image)
  if (type === 'image_url' && url !== '') return { type: 'image', source: { type: 'url', url } }
  if (type === 'input_audio' && isObject(audio)) {
    const mediaType = `audio/${textIn(audio.format)}`
    return { type: 'audio', source: { type: 'base64', data: textIn(audio.data), mediaType } }
  }
  if (type === 'file' && isObject(file) && textIn(file.file_data) !== '') {
    return { type: 'file', source: { type: 'url', url: textIn(file.file_data) } }
  }
  throw unknown(`Content of the type "${textIn(type)}"`)
}

function unknown(what: string): HostError {
  const message = `${what} cannot be written as this model server needs it.`
  return new HostError('invalid_request', message, { details: { param: 'messages' } })
}
