import { styleText } from 'node:util'
import type { ParsedText } from '../../dialects/parse-text.ts'

/** What a text says, for people: a heading and its lines for each thing that is there. */
export function printParsed({ content, reasoning, toolCalls, problems }: ParsedText): string {
  const sections = [
    ...(reasoning === '' ? [] : [section('reasoning', [reasoning])]),
    ...(content === '' ? [] : [section('content', [content])]),
    ...toolCalls.map(({ id, name, arguments: args }) => section(`call ${name}`, [args, `id ${id}`])),
    ...problems.map(({ name, raw, problem }) =>
      section(`problem${name === undefined ? '' : ` ${name}`}`, [problem, raw]),
    ),
  ]
  return sections.length === 0 ? 'nothing\n' : sections.join('\n')
}

function section(heading: string, lines: readonly string[]): string {
  const title = styleText('bold', heading, { stream: process.stdout })
  return `${title}\n${lines.map((line) => line.replaceAll(/^/gm, '  ')).join('\n')}\n`
}
