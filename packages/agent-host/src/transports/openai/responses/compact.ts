import { z } from 'zod'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import { askModel } from './ask-model.ts'
import { parseAt } from './bad-request.ts'
import { toItemId } from './item-id.ts'
import { toUsage } from './response-object.ts'
import { readRequest, type StartParts } from './start-response.ts'

/** Unlike for a Response, the model must be named. */
const compactBody = z.looseObject({ model: z.string().min(1) })

const task = [
  'Summarize the conversation so far for yourself, as you will go on with it from your summary alone.',
  'Keep what the user wants, what was decided, names, numbers, quotations and paths that matter, the results of tools,',
  'and what is still to be done. Write in the language of the conversation, without a preface.',
].join(' ')

const heading = 'Summary of the conversation so far:'

/**
 * A conversation as a sealed summary that stands for it in later requests.
 *
 * @throws HostError `invalid_request`, `not_found`, or what the model server failed with.
 */
export async function compactConversation(body: unknown, parts: StartParts): Promise<Record<string, unknown>> {
  parseAt(compactBody, body, '')
  const { standalone } = await readRequest({ ...(body as object), tools: [] }, parts)
  const question = textMessage(createId('msg'), 'user', task)
  const { content, usage } = await askModel(
    { ...standalone, tools: [], fit: 'summarize', messages: [...standalone.messages, question] },
    parts,
  )
  const id = createId('resp')
  const encrypted_content = parts.seal.seal(`${heading}\n${content}`)
  return {
    id,
    object: 'response.compaction',
    created_at: Math.floor(parts.now() / 1000),
    output: [{ id: toItemId('cmp', id, 0), type: 'compaction', encrypted_content }],
    usage: usage ? toUsage(usage) : null,
  }
}
