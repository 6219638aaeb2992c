import type { SentBody } from './exchange.ts'

/** Which of the offered tools the chat template renders into the prompt. */
export type RendersTools = 'tools' | 'functions' | 'both' | 'none'

/** Four characters a token, at least one for any text. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** The tokens of the prompt, which grow with the tools only where the template renders them. */
export function countPromptTokens(body: SentBody, renders: RendersTools, rendersUnderNone: boolean): number {
  const prompt = JSON.stringify(body.messages ?? body.prompt ?? body.input ?? '')
  const shown: unknown[] = []
  const hidden = body.tool_choice === 'none' && !rendersUnderNone
  if ((renders === 'tools' || renders === 'both') && !hidden) shown.push(body.tools)
  if (renders === 'functions' || renders === 'both') shown.push(body.functions)
  return countTokens(prompt + shown.map((tools) => (tools === undefined ? '' : JSON.stringify(tools))).join(''))
}
