import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fillTemplate } from '../../src/agent/prompts/template.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { type OpenedService, openService } from '../support/open-service.ts'
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

  test('with a variable that is not there is an error that names both', async () => {
    write('chat.md', 'Hello {{nmae}}.')
    expect(await told()).toMatchObject({
      error: { code: 'invalid_config', message: expect.stringMatching(/chat\.md.*\{\{nmae\}\}.*date, time/) as string },
    })
    rmSync(promptsDir, { recursive: true })
    expect(await told()).toMatchObject({
      error: { code: 'invalid_config', message: expect.stringMatching(/PROMPTS_DIR.*ENOENT/) as string },
    })
  })
})

test('filling in a template never reads a value as a template, and keeps all other text', () => {
  const piece = fc.string({ unit: 'grapheme' }).filter((text) => !/[{}\\]/.test(text))
  fc.assert(
    fc.property(piece, fc.string({ unit: 'grapheme' }), piece, (before, value, after) => {
      expect(fillTemplate(`${before}{{a}}${after}{{ a }}`, { a: value }, 'f')).toBe(before + value + after + value)
    }),
  )
  for (const name of ['constructor', '__proto__', 'process.exit()', '']) {
    expect(() => fillTemplate(`{{${name}}}`, {}, 'f.md')).toThrow('f.md')
  }
})
