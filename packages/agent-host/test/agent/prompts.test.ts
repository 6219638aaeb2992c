import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPrompts } from '../../src/agent/prompts/open-prompts.ts'
import { fillTemplate, unknownVariables } from '../../src/agent/prompts/template.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { type OpenedService, openService } from '../support/open-service.ts'
import { runCli } from '../support/run-cli.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'

const model = 'Qwen/Qwen3-8B'
let bench: Workbench
let fake: FakeModelServer
let promptsDir: string
let service: OpenedService
beforeEach(async () => {
  bench = createWorkbench()
  promptsDir = join(bench.folder, 'prompts')
  mkdirSync(promptsDir)
  fake = await startFakeModelServer({ models: [model] })
  service = await openService({
    baseUrl: fake.url,
    mcpConfig: bench.mcpConfig,
    promptsDir,
    promptVariables: { company: '한빛 {{date}}' },
    systemPrompt: 'From SYSTEM_PROMPT.',
  })
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
  bench[Symbol.dispose]()
})

const write = (name: string, text: string): void => writeFileSync(join(promptsDir, name), text)

/** What the model was told first, when that endpoint was asked. */
async function told(path = '/api/chat', body: Record<string, unknown> = { message: 'Hi' }): Promise<unknown> {
  fake.script({ text: 'Final Answer: ok' })
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) return JSON.parse(text)
  const first = fake.chats.at(-1)?.body.messages?.[0]
  return first?.role === 'system' ? first.content : undefined
}

describe('a prompt file', () => {
  test('is chosen by endpoint, then model, before default.md and SYSTEM_PROMPT; changes count at once', async () => {
    expect(await told()).toBe('From SYSTEM_PROMPT.')
    for (const [name, text] of [
      ['default.md', 'default'],
      ['default.qwen*.md', 'default for Qwen'],
      ['chat.md', 'chat'],
      ['chat.qwen*.md', 'chat for Qwen'],
      ['chat.qwen3-*.md', 'chat for Qwen3'],
      ['chat.*llama*.md', 'chat for Llama'],
    ] as const) {
      write(name, text)
      expect(await told()).toBe(text === 'chat for Llama' ? 'chat for Qwen3' : text)
    }
    write('chat.qwen3-*.md', 'changed')
    expect(await told()).toBe('changed')
    rmSync(join(promptsDir, 'chat.qwen3-*.md'))
    expect(await told()).toBe('chat for Qwen')
  })

  test('is there for every endpoint; clients of the Responses API get one only by its own name', async () => {
    for (const name of ['default', 'agent_chat', 'v1_chat', 'simple_chat']) write(`${name}.md`, `for ${name}`)
    expect(await told('/api/agent_chat')).toContain('for agent_chat')
    expect(await told('/api/v1/chat', { content: 'Hi' })).toBe('for v1_chat')
    expect(await told('/api/v1/chat/stream', { content: 'Hi' })).toBe('for v1_chat')
    expect(await told('/chat', { session_id: 'a', message: 'Hi' })).toBe('for simple_chat')
    expect(await told('/v1/responses', { model, input: 'Hi' })).toBeUndefined()
    write('responses.md', 'for responses')
    expect(await told('/v1/responses', { model, input: 'Hi' })).toBe('for responses')
    expect(await told('/v1/responses', { model, input: 'Hi', instructions: 'mine' })).toBe('mine')
  })

  test('has the time, the tools, the model, the session and variables of one’s own, none of them read again', async () => {
    write('default.md', '{{ date }}|{{time}}|{{timezone}}|{{model}}|{{session_id}}|{{company}}|\\{{date}}\n{{tools}}\n')
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
    const text = String(await told('/api/chat', { message: 'Hi', session_id: 'mine' }))
    const [head = '', ...tools] = text.split('\n')
    const [date, time, ...rest] = head.split('|')
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(time).toMatch(/^\d\d:\d\d$/)
    expect(rest).toEqual([timeZone, model, 'mine', '한빛 {{date}}', '{{date}}'])
    expect(tools.join('\n')).toMatch(/^- echo: /m)
  })
})

describe('a prompt file that cannot be used', () => {
  test('is refused at the start, with all others, and with what to do', async () => {
    write('chat.md', 'Hello {{nmae}}, {{nmae}}, {{ oops }}, \\{{kept}}.')
    write('chatt.md', 'Hello.')
    write('.chatt.md.swp', '')
    write('notes.txt', '{{free}}')
    mkdirSync(join(promptsDir, 'runs.md'))
    writeFileSync(join(promptsDir, 'ask.md'), Buffer.from([0xc3, 0x28]))
    write('v1_chat.md', 'Fine: {{date}}, {{company}}.')
    const env = { PROMPTS_DIR: promptsDir, PROMPT_VARIABLES: '{"company":"x"}', MCP_CONFIG: bench.mcpConfig }
    const { code, stderr } = await runCli(['serve', '--port', '0'], { env })
    expect(code).toBe(2)
    const lines = stderr.replaceAll(promptsDir, '').trimEnd().split('\n')
    expect(lines).toEqual([
      'Instructions in PROMPTS_DIR that cannot be used:',
      '  /ask.md is not UTF-8. Save it as that.',
      expect.stringMatching(
        /^ {2}\/chat\.md has \{\{nmae\}\}, \{\{oops\}\}, which is not there\. Known: date, .*, company; /,
      ),
      expect.stringMatching(/^ {2}\/chatt\.md is for no endpoint\. Begin its name with one of default, chat, /),
      '  /runs.md cannot be read (EISDIR). Let the service read it, or remove it.',
    ])
    const none = { ...env, PROMPTS_DIR: join(promptsDir, 'none') }
    expect((await runCli(['ask', 'x'], { env: none })).stderr).toContain('none cannot be read (ENOENT). Make it')
  })

  test('later is as it last was until it is mended, and is logged once', async () => {
    write('chat.md', 'first')
    const log = createQuietLog()
    const prompts = await openPrompts({ promptsDir, promptVariables: {}, systemPrompt: undefined }, log)
    const read = () => prompts({ endpoint: 'chat', model, tools: [] })
    const expectTold = async (text: string, problems: RegExp[]): Promise<void> => {
      expect([await read(), await read()]).toEqual([text, text])
      expect(log.said.splice(0)).toEqual(problems.map((words) => expect.stringMatching(words) as string))
    }
    await expectTold('first', [])
    write('chat.md', 'Hello {{nmae}}.')
    await expectTold('first', [/chat\.md has \{\{nmae\}\}/])
    write('chat.md', 'Hello {{nam}}.')
    await expectTold('first', [/chat\.md has \{\{nam\}\}/])
    write('chat.md', 'second')
    await expectTold('second', [])
    write('chat.qwen*.md', '{{none}}')
    write('chta.md', 'x')
    await expectTold('second', [/chta\.md is for no endpoint/, /chat\.qwen\*\.md has \{\{none\}\}/])
    rmSync(promptsDir, { recursive: true })
    await expectTold('second', [/cannot be read \(ENOENT\).*PROMPTS_DIR/, /chat\.qwen\*\.md cannot/, /chat\.md cannot/])
    mkdirSync(promptsDir)
    write('chat.md', 'third')
    await expectTold('third', [])
    rmSync(join(promptsDir, 'chat.md'))
    write('chat.md.orig', '{{none}}')
    expect(await read()).toMatch(/^You are a helpful assistant/)
  })
})

test('filling in a template never reads a value as a template, and keeps all other text', () => {
  const piece = fc.string({ unit: 'grapheme' }).filter((text) => !/[{}\\]/.test(text))
  fc.assert(
    fc.property(piece, fc.string({ unit: 'grapheme' }), piece, (before, value, after) => {
      expect(fillTemplate(`${before}{{a}}${after}{{ a }}`, { a: value })).toBe(before + value + after + value)
    }),
  )
  for (const name of ['constructor', '__proto__', 'process.exit()', '']) {
    expect(unknownVariables(`{{${name}}}{{ a }}\\{{b}}{{${name}}}`, ['a'])).toEqual([name])
  }
})
