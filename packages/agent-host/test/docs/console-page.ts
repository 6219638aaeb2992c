import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** One command of a page with what it prints there. */
export interface ConsoleCommand {
  command: string
  shown: string
}

const block = /^```console\n([^]*?)^```$/gm

/** Every command of the page's console blocks, in order. */
export function commandsOf(page: string): ConsoleCommand[] {
  return [...page.matchAll(block)].flatMap(([, body = '']) => body.split(/^\$ /m).slice(1).map(toCommand))
}

/** A line that ends with `\` or in a quoted text goes on in the next. */
function toCommand(entry: string): ConsoleCommand {
  const lines = entry.split('\n')
  let end = 1
  while (end < lines.length && goesOn(lines.slice(0, end).join('\n'))) end++
  return { command: lines.slice(0, end).join('\n'), shown: lines.slice(end).join('\n').trimEnd() }
}

function goesOn(command: string): boolean {
  const outside = command.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '')
  return command.endsWith('\\') || outside.includes("'")
}

const mark = '\u001e'

/**
 * Runs the commands one after another in one shell, so that variables stay, against these services in place of those on
 * the ports that the page names.
 */
export async function runCommands(
  commands: readonly ConsoleCommand[],
  urls: Readonly<Record<number, string>>,
): Promise<string[]> {
  const written = commands.map(({ command }) => `${command}\nprintf '${mark}'\n`).join('')
  const script = Object.entries(urls).reduce(
    (commanded, [port, url]) => commanded.replaceAll(`http://localhost:${port}`, url),
    written,
  )
  const shell = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, errors] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
  if (errors !== '') throw new Error(`The commands wrote to stderr: ${errors}`)
  return out
    .split(mark)
    .slice(0, -1)
    .map((printed) => printed.trimEnd())
}

/** What was printed, without what differs each time. */
export function masked(printed: string): string {
  return printed
    .replaceAll(/\b(session|run|call|msg|entry|resp|chatcmpl)_[0-9a-f]{12,}\w*/g, '$1_…')
    .replaceAll(/"(head|entry_id)":"[^"]+"/g, '"$1":"…"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    .replaceAll(/"(\w+_ms|uptime_s|\w+_tokens|created|last_event)":[\d.]+/g, '"$1":0')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:0')
}

/** The page with what was printed now. */
export function withOutputs(page: string, printed: readonly string[]): string {
  const left = [...printed]
  return page.replaceAll(block, (_, body: string) => {
    const entries = commandsOf(`\`\`\`console\n${body}\`\`\``).map(({ command }) => {
      const output = left.shift() ?? ''
      return `$ ${command}\n${output === '' ? '' : `${output}\n`}`
    })
    return `\`\`\`console\n${entries.join('')}\`\`\``
  })
}
