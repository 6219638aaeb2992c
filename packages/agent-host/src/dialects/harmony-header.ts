import type { OfferedTools } from './engine/offered-tools.ts'

/** What a message is, by its header. */
export type HarmonyMessage =
  | { kind: 'text' | 'reasoning' }
  /** A call; `name` as the model wrote it. */
  | { kind: 'call'; name: string }
  /** Looks like a call whose recipient was lost, if a JSON object follows; else prose of this kind. */
  | { kind: 'nameless'; prose: 'text' | 'reasoning' }
  /** Someone else's message, which the model made up. */
  | { kind: 'invented' }

const otherRoles = /^(?:user|system|developer|tool|python$|functions\.|browser\.)/
const nobody = new Set(['assistant', 'all', 'user'])

/**
 * Understands a header: the text between `<|start|>` and `<|message|>`, its tokens in it. A recipient counts on either
 * side of the channel; channels and content types count by how they begin, since models garble their ends.
 */
export function parseHarmonyHeader(header: string, tools: OfferedTools): HarmonyMessage {
  const restart = header.lastIndexOf('<|start|>')
  const [head = '', ...channels] = header.slice(restart === -1 ? 0 : restart + '<|start|>'.length).split('<|channel|>')
  const role = /^[^\s<]*/.exec(head)?.[0].replaceAll('assistant', '') ?? ''
  const channel = channels.findLast((part) => part.trim() !== '')?.trim() ?? ''
  const recipients = [...header.matchAll(/(?:^|[\s>]|assistant)to=([^\s<]+)/g)].map((match) => match[1] ?? '')
  const recipient = recipients.find((name) => !nobody.has(name))
  const prose = channel.startsWith('analysis') ? 'reasoning' : 'text'
  if (recipient !== undefined) return { kind: 'call', name: recipient }
  if (role !== '' && !role.startsWith('to=') && !isChannel(role)) {
    if (recipients.length > 0 || otherRoles.test(role)) return { kind: 'invented' }
    if (tools.isOffered(role)) return { kind: 'call', name: role }
  }
  const typed = /<\|constrain\|>|\s(?:json|code)\b/.test(header) && !channel.startsWith('final')
  return recipients.length > 0 || typed ? { kind: 'nameless', prose } : { kind: prose }
}

function isChannel(word: string): boolean {
  return /^(?:analysis|comment|final)/.test(word)
}
