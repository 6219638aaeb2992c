import { readFileSync } from 'node:fs'

/** A chat template that a model was published with. */
export interface RealTemplate {
  /** As Ollama names the model. */
  model: string
  source: string
}

const map = new URL('../src/chat-template-automap.ts', import.meta.resolve('@huggingface/ollama-utils'))
const entry = /^\t\tmodel: "library\/(.*)",\n\t\tgguf:\s*((["'`]).*\3),$/gm

/** The templates that a package of Hugging Face's carries along, read out of its source, as it does not export them. */
export const realTemplates: readonly RealTemplate[] = [...readFileSync(map, 'utf8').matchAll(entry)].map(
  ([, model = '', literal = '']) => ({ model, source: readLiteral(literal) }),
)

function readLiteral(literal: string): string {
  if (literal.startsWith('"')) return JSON.parse(literal) as string
  const escaped = literal.slice(1, -1).replaceAll(/\\(.)|"/g, (text, after?: string) => {
    if (text === '"') return String.raw`\"`
    return after === "'" || after === '`' ? after : text
  })
  return JSON.parse(`"${escaped}"`) as string
}
