import { styleText } from 'node:util'
import type { Command } from 'commander'
import { dialects } from '../../../dialects/registry.ts'
import type { CliContext } from '../context.ts'

const example = [{ id: '', name: 'get_weather', arguments: '{"city": "Tokyo"}' }]

/** `agent-host dialects`: every dialect with its families and an example. */
export function dialectsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('dialects')
    .description('list how models write tool calls, with an example of each')
    .option('--json', 'print JSON')
  command.action(async () => {
    await context.loadDialects()
    const listed = dialects.map(({ name, aliases = [], families, write }) => ({
      name,
      aliases,
      families,
      example: write(example),
    }))
    if (command.opts<{ json?: true }>().json) process.stdout.write(`${JSON.stringify({ dialects: listed }, null, 2)}\n`)
    else for (const dialect of listed) process.stdout.write(shown(dialect))
  })
}

interface Listed {
  name: string
  aliases: readonly string[]
  families: string
  example: string
}

function shown({ name, aliases, families, example: written }: Listed): string {
  const title = styleText('bold', name, { stream: process.stdout })
  const also = aliases.length === 0 ? '' : ` (also ${aliases.join(', ')})`
  return `${title}${also}: ${families}\n${written.replaceAll(/^/gm, '  ')}\n\n`
}
