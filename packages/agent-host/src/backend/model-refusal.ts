import { type ErrorCode, HostError } from '../core/errors.ts'

/** The model server answered with an error status. `words` is what it said, without any secret of ours. */
export class ModelRefusal extends HostError {
  readonly status: number
  readonly words: string

  constructor(url: string, status: number, words: string) {
    super(codeOf(status, words), describe(url, status, words), {
      details: { status, server: url },
    })
    this.status = status
    this.words = words
  }
}

const overflow = /context[ _](length|window|size)|maximum context|too many tokens|prompt is too long|exceeds? .*tokens/i

/** Whether a server's words say that the conversation is longer than the model takes. */
export function tellsOverflow(words: string): boolean {
  return overflow.test(words)
}

function codeOf(status: number, words: string): ErrorCode {
  if (status === 504 || status === 408) return 'model_timeout'
  return (status === 400 || status === 413 || status === 422) && tellsOverflow(words)
    ? 'context_length_exceeded'
    : 'model_failed'
}

function describe(url: string, status: number, words: string): string {
  const said = words === '' ? '' : `: ${words.replace(/\.$/, '')}`
  if (status === 401 || status === 403) {
    return `The model server ${url} refused the key (${status})${said}. Set VLLM_API_KEY to one that it accepts.`
  }
  if (status === 429) return `The model server ${url} is too busy (429)${said}. Try again later.`
  return `The model server ${url} answered ${status}${said}.`
}

/**
 * What a server says in an error body, whichever of the usual shapes it has: at most 500 characters, cut after `redact`
 * took our secrets out, as half a key is a secret too.
 */
export function wordsOf(body: string, redact: (text: string) => string): string {
  let words = body
  try {
    words = messageIn(JSON.parse(body)) ?? body
  } catch {
    // Not JSON: the text itself is what the server said.
  }
  return redact(words.trim()).slice(0, 500)
}

/** OpenAI: `{ error: { message } }`; vLLM: `{ message }`; FastAPI: `{ detail: [{ msg }] }`; Ollama: `{ error: "…" }`. */
export function messageIn(body: unknown): string | undefined {
  if (typeof body === 'string') return body
  if (Array.isArray(body)) return messageIn(body[0])
  if (typeof body !== 'object' || body === null) return undefined
  const fields = body as Record<string, unknown>
  for (const name of ['error', 'message', 'detail', 'msg']) {
    const found = messageIn(fields[name])
    if (found !== undefined) return found
  }
  return undefined
}
