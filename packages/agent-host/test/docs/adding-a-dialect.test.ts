import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { detectDialect, parseText, registerDialect, type Dialect } from '../../src/dialects/index.ts'
import { runCli } from '../support/run-cli.ts'
import { createWorkbench } from '../support/workbench.ts'

const markdown = readFileSync(new URL('../../../../docs/adding-a-dialect.md', import.meta.url), 'utf8')
const entry = new URL('../../src/dialects/index.ts', import.meta.url).href

/** The fenced blocks of docs/adding-a-dialect.md in a language. */
function blocks(language: string): string[] {
  return [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code)
}

const [source = ''] = blocks('ts')
const [answer = '', parsed = '', explained = ''] = blocks('text')
const bench = createWorkbench()
const file = join(bench.folder, 'my-dialect.ts')

beforeAll(() => {
  writeFileSync(file, source.replace("'agent-host/dialects'", JSON.stringify(entry)))
  writeFileSync(join(bench.folder, 'answer.txt'), answer)
})
afterAll(() => bench[Symbol.dispose]())

describe('docs/adding-a-dialect.md', () => {
  it('makes a dialect of few lines, from the public entry alone', () => {
    const code = [...blocks('ts'), ...blocks('js'), ...blocks('json')].join('')
    expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThan(60)
    expect(code.match(/from '.*?'/g)).toEqual([
      "from 'agent-host/dialects'",
      "from 'agent-host/dialects'",
      "from './my-dialect.ts'",
    ])
  })

  it('makes one that reads its own text, once registered', async () => {
    const { default: haneul } = (await import(pathToFileURL(file).href)) as { default: Dialect }
    registerDialect(haneul)
    expect(detectDialect('acme/Haneul-8B-Instruct')?.name).toBe('haneul')
    const call = { id: 'call_1', name: 'get_weather', arguments: '{"city": "도쿄"}' }
    for (const dialect of ['haneul', 'auto']) {
      expect(parseText(haneul.write([call, call]), { dialect })).toMatchObject({
        content: '',
        toolCalls: [call, call].map(({ name, arguments: text }) => ({ name, arguments: text })),
        problems: [],
      })
    }
    expect(haneul.promptTools?.([{ name: 'get_weather', parameters: {} }])).toContain('{"name":"get_weather"')
  })

  it.each([
    ['what parse prints', [], parsed],
    ['what parse --explain prints', ['--explain'], explained],
    ['the same for text in pieces', ['--chunk', '1'], parsed],
  ])('shows %s', async (_name, flags, shown) => {
    const args = ['parse', '--dialect', 'haneul', ...flags, 'answer.txt']
    const { stdout, stderr } = await runCli(args, { cwd: bench.folder, env: { DIALECTS: './my-dialect.ts' } })
    expect(stderr).toBe('')
    expect(tidy(stdout)).toBe(tidy(shown))
  })
})

/** Without what differs from one time to another, and without white space that a Markdown file cannot hold. */
function tidy(text: string): string {
  return text
    .replace(/call_[A-Za-z0-9]{24}/, 'call_…')
    .replaceAll(/ +$/gm, '')
    .trimEnd()
}
