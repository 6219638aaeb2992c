import { type Message, type Part, toText } from '../../../core/message.ts'
import type { Session } from '../../../sessions/session.ts'

const speakers: Readonly<Record<Message['role'], string>> = {
  system: 'System',
  developer: 'Developer',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
}

/** A conversation to read: who said what, with calls and their results in code blocks. */
export function toMarkdown({ id, title, createdAt }: Session, messages: readonly Message[]): string {
  const head = `# ${title === '' ? id : title}\n\n${createdAt}`
  const said = messages.map(({ role, parts }) => `## ${speakers[role]}\n\n${parts.map(toBlock).join('\n\n')}`)
  return `${[head, ...said].join('\n\n')}\n`
}

function toBlock(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text
    case 'reasoning':
      return quote(part.text ?? part.summary ?? '')
    case 'tool-call':
      return `Calls \`${part.call.name}\`:\n\n${fence(part.call.arguments, 'json')}`
    case 'tool-result':
      return `${part.isError ? 'Failed' : 'Result'}:\n\n${fence(toText(part.parts), '')}`
    case 'image':
    case 'audio':
    case 'file':
      return part.source.type === 'url' ? `[${part.type}](${part.source.url})` : `(${part.type} attached)`
  }
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}

/** A fence longer than any in the text. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text}\n${ticks}`
}
