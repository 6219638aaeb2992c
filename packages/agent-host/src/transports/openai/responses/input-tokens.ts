import { HostError } from '../../../core/errors.ts'
import { askModel } from './ask-model.ts'
import { readRequest, type StartParts } from './start-response.ts'

export interface InputTokens {
  object: 'response.input_tokens'
  input_tokens: number
}

/**
 * How many tokens a request comes to, as the model server counts them: only it knows the template and the tokenizer, so
 * that it is asked for one token of an answer.
 *
 * @throws HostError `invalid_request`; `model_failed` where it does not count.
 */
export async function countInputTokens(body: unknown, parts: StartParts): Promise<InputTokens> {
  const { standalone, close } = await readRequest(body, parts)
  try {
    const { usage } = await askModel({ ...standalone, maxTokens: 1 }, parts)
    if (!usage) throw new HostError('model_failed', 'The model server does not tell how many tokens a request has.')
    return { object: 'response.input_tokens', input_tokens: usage.prompt_tokens }
  } finally {
    await close()
  }
}
