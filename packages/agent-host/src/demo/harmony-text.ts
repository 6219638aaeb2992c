/** One message of the demo's turn: what it thinks, a call, or what it tells the user. */
export type HarmonyMessage =
  | { channel: 'analysis' | 'final'; text: string }
  | { channel: 'commentary'; call: string; arguments: Record<string, unknown> }

/**
 * A turn as gpt-oss writes it, special tokens and all. The prompt already ended in `<|start|>assistant`, so the first
 * message begins with its channel.
 */
export function toHarmonyText(messages: readonly HarmonyMessage[]): string {
  return messages.map((message, index) => toHarmonyMessage(message, index === 0)).join('')
}

function toHarmonyMessage(message: HarmonyMessage, isFirst: boolean): string {
  const start = isFirst ? '' : '<|start|>assistant'
  if (message.channel === 'commentary') {
    const body = withoutSpecialTokens(JSON.stringify(message.arguments))
    return `${start}<|channel|>commentary to=functions.${message.call} <|constrain|>json<|message|>${body}<|call|>`
  }
  const end = message.channel === 'final' ? '<|return|>' : '<|end|>'
  return `${start}<|channel|>${message.channel}<|message|>${withoutSpecialTokens(message.text)}${end}`
}

/** A fetched page may itself spell special tokens, which in text cannot be told from real ones. */
function withoutSpecialTokens(text: string): string {
  return text.replace(/<\|(?=[a-z]+\|>)/g, '< |')
}
