import type { Rung } from '../core/events.ts'
import { detectDialect } from '../dialects/registry.ts'
import type { Observation } from './observation.ts'
import type { Subject } from './subject.ts'

/** What a failed request came to, in one line. */
export function failureWords({ refusal, failure }: Observation): string {
  if (refusal) return `refused (${refusal.status})${refusal.words === '' ? '' : `: ${oneLine(refusal.words)}`}`
  return failure === undefined ? 'no answer' : oneLine(failure)
}

/** At most 160 characters, without line breaks. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}

/** How to have the server itself recognise the calls of this model. `dialect`: what they were seen to be written in. */
export function toolAdvice({ kind, info }: Subject, words: string, dialect = detectDialect(info.id)?.name): string {
  // The server's own words tell more surely which program it is than its list of models.
  const program = /--jinja/.test(words) ? 'llamacpp' : /tool-call-parser/.test(words) ? 'vllm' : kind
  if (program === 'llamacpp') return 'start llama-server with --jinja'
  if (program === 'vllm') {
    const which = dialect === undefined ? ' (the parser that vLLM has for this model)' : ''
    return `start vLLM with --enable-auto-tool-choice --tool-call-parser ${dialect ?? 'NAME'}${which}`
  }
  if (program === 'sglang') return 'start SGLang with --tool-call-parser and the parser that it has for this model'
  if (program === 'ollama') return 'use a model whose template has tools: `ollama show MODEL` lists "tools"'
  if (program === 'lmstudio') return 'use a model that LM Studio lists as trained for tool use'
  return "look for the server's setting for tool calls, or its chat template"
}

/** What agent-host makes of a way to offer tools that does not work. */
export const insteadOf: Record<Rung, string> = {
  tools: 'agent-host offers them as functions or teaches them in the prompt until then',
  functions: 'nothing to do: it is the older form, for servers without tools',
  prompt: 'use a larger model, or one that was trained to call tools',
}

/** How to give the model more room. */
export function contextAdvice({ kind }: Subject): string {
  if (kind === 'ollama') return 'start Ollama with OLLAMA_CONTEXT_LENGTH=32768, or set num_ctx in the Modelfile'
  if (kind === 'vllm') return 'start vLLM with a larger --max-model-len'
  if (kind === 'llamacpp') return 'start llama-server with -c 32768'
  if (kind === 'sglang') return 'start SGLang with a larger --context-length'
  return 'load the model with a longer context'
}

/** How to have reasoning told apart from the answer. */
export function reasoningAdvice({ kind }: Subject): string {
  if (kind === 'vllm')
    return 'for other clients, start vLLM with --reasoning-parser; agent-host tells them apart itself'
  if (kind === 'sglang')
    return 'for other clients, start SGLang with --reasoning-parser; agent-host tells them apart itself'
  if (kind === 'llamacpp') {
    return 'for other clients, start llama-server with --reasoning-format auto; agent-host tells them apart itself'
  }
  return 'nothing to do: agent-host tells them apart itself'
}
