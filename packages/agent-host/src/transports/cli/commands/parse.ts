import { readFileSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { z } from 'zod'
import { parseJson } from '../../../config/load.ts'
import { HostError } from '../../../core/errors.ts'
import type { ModelEvent } from '../../../core/events.ts'
import type { FinishReason, OpenAITool } from '../../../dialects/openai-shapes.ts'
import { createParser, toParsedText } from '../../../dialects/parse-text.ts'
import { findDialect } from '../../../dialects/registry.ts'
import type { CliContext } from '../context.ts'
import { explainText } from '../explain-text.ts'
import { printParsed } from '../print-parsed.ts'

const finishReasons = ['stop', 'length', 'tool_calls', 'function_call', 'content_filter'] as const

const flagsSchema = z.object({
  dialect: z.string().optional(),
  model: z.string().optional(),
  tools: z.string().optional(),
  chunk: z.coerce.number().int().positive().optional(),
  finishReason: z.enum(finishReasons),
  reasoning: z.boolean().optional(),
  json: z.boolean().optional(),
  explain: z.boolean().optional(),
})

const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
})
const toolsFile = z.union([z.array(tool), z.object({ tools: z.array(tool) }).transform(({ tools }) => tools)])

/** `agent-host parse`: what a model's raw text says, to find out why a call was or was not seen. */
export function parseCommand(program: Command, context: CliContext): void {
  const command = program
    .command('parse')
    .description("show what a model's raw text says: content, reasoning, calls, problems")
    .argument('[file]', 'the text; stdin where none is named')
    .option('--dialect <name>', 'how to read it (agent-host dialects lists them; default: by --model, else auto)')
    .option('--model <id>', 'the model that wrote it')
    .option('--tools <file>', "the request's tools as JSON, in OpenAI's form (default: any name is a tool)")
    .option('--chunk <characters>', 'feed it in pieces of so many characters, as a stream would')
    .option('--finish-reason <reason>', `how the turn ended: ${finishReasons.join(', ')}`, 'stop')
    .option('--reasoning', 'the prompt had already opened the reasoning')
    .option('--json', 'print JSON')
    .option('--explain', 'show which characters became what')
  command.action(async (file: string | undefined) => {
    await context.loadDialects()
    const flags = parseFlags(command.opts())
    const text = file === undefined ? await readAll(process.stdin) : readFile(file)
    const events = readEvents(text, flags)
    if (flags.explain) process.stdout.write(explainText(text, events))
    else if (flags.json) process.stdout.write(`${JSON.stringify(toParsedText(events), null, 2)}\n`)
    else process.stdout.write(printParsed(toParsedText(events)))
  })
}

type Flags = z.output<typeof flagsSchema>

function parseFlags(flags: unknown): Flags {
  const parsed = flagsSchema.safeParse(flags)
  if (!parsed.success) throw new HostError('invalid_request', z.prettifyError(parsed.error))
  const { dialect } = parsed.data
  if (dialect !== undefined && !findDialect(dialect)) {
    throw new HostError('invalid_request', `There is no dialect "${dialect}"; agent-host dialects lists them.`)
  }
  return parsed.data
}

function readEvents(text: string, flags: Flags): ModelEvent[] {
  const { dialect, model, chunk = Math.max(1, text.length), finishReason } = flags
  const parser = createParser({
    ...(dialect !== undefined && { dialect }),
    ...(model !== undefined && { model }),
    ...(flags.tools !== undefined && { tools: readTools(flags.tools) }),
    ...(flags.reasoning && { opensIn: 'reasoning' as const }),
  })
  const events: ModelEvent[] = []
  for (let at = 0; at < text.length; at += chunk) events.push(...parser.push(text.slice(at, at + chunk)))
  return [...events, ...parser.end(finishReason satisfies FinishReason)]
}

function readTools(path: string): OpenAITool[] {
  const parsed = toolsFile.safeParse(parseJson(readFile(path), path))
  if (parsed.success) return parsed.data as OpenAITool[]
  throw new HostError('invalid_request', `${path} is not a list of tools:\n${z.prettifyError(parsed.error)}`)
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new HostError('invalid_request', `${path} cannot be read: ${(error as Error).message}`)
  }
}
