import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { createWorkbench } from '../support/workbench.ts'

const harmony =
  '<|channel|>analysis<|message|>Need weather.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather ' +
  '<|constrain|>json<|message|>{"city": "도쿄",}<|call|>'
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]

describe('parse', () => {
  test('says what a text is, for people and as JSON', async () => {
    const shown = await runCli(['parse'], { stdin: harmony })
    expect(shown.stdout).toMatch(/^reasoning\n {2}Need weather\.\n\ncall get_weather\n {2}\{"city": "도쿄"\}\n/)
    const { stdout, code } = await runCli(['parse', '--json', '--dialect', 'gpt-oss', '--chunk', '1'], {
      stdin: harmony,
    })
    expect(JSON.parse(stdout)).toMatchObject({
      content: '',
      reasoning: 'Need weather.',
      toolCalls: [{ name: 'get_weather', arguments: '{"city": "도쿄"}' }],
      problems: [],
    })
    expect(code).toBe(0)
  })

  test('--explain accounts for every character once, in order', async () => {
    const { stdout } = await runCli(['parse', '--explain', '--chunk', '5'], { stdin: harmony })
    const lines = stdout.trim().split('\n')
    const ranges = lines.map((line) => /^ *(\d+)-(\d+)/.exec(line)?.slice(1).map(Number) ?? [])
    expect(ranges.flat()).toEqual([0, ...ranges.slice(1).flatMap(([start]) => [start, start]), harmony.length])
    expect(lines.map((line) => line.split(/ {2,}/)[1])).toContain('reasoning')
    expect(stdout).toContain('call get_weather; a trailing comma was dropped')
  })

  test('--tools takes a request or a list, and a call to another tool is a problem', async () => {
    using bench = createWorkbench()
    for (const [name, content] of Object.entries({ list: tools, request: { model: 'm', tools } })) {
      const file = join(bench.folder, `${name}.json`)
      writeFileSync(file, JSON.stringify(content))
      const { stdout } = await runCli(['parse', '--json', '--tools', file], {
        stdin: harmony.replace('get_weather', 'get_time'),
      })
      expect(JSON.parse(stdout)).toMatchObject({ toolCalls: [], problems: [{ name: 'functions.get_time' }] })
    }
  })

  test('--finish-reason length leaves a cut-off call a problem', async () => {
    const args = ['parse', '--json', '--model', 'Qwen/Qwen3-8B', '--finish-reason', 'length']
    const { stdout } = await runCli(args, { stdin: '<tool_call>\n{"name": "f", "arguments": {}}' })
    expect(JSON.parse(stdout)).toMatchObject({ toolCalls: [], problems: [{ name: 'f' }] })
  })

  test.each([
    ['an unknown dialect', ['--dialect', 'nope'], 'There is no dialect "nope"'],
    ['a wrong chunk', ['--chunk', '0'], 'chunk'],
    ['a missing file', ['none.txt'], 'none.txt cannot be read'],
    ['a wrong finish reason', ['--finish-reason', 'tired'], 'finishReason'],
  ])('%s is a usage error', async (_name, args, words) => {
    const { stderr, code } = await runCli(['parse', ...args], { stdin: 'x' })
    expect(stderr).toContain(words)
    expect(code).toBe(2)
  })
})

describe('dialects', () => {
  test('are listed with what they write', async () => {
    const { stdout } = await runCli(['dialects', '--json'])
    const { dialects } = JSON.parse(stdout) as { dialects: { name: string; aliases: string[]; example: string }[] }
    expect(dialects.find(({ name }) => name === 'harmony')).toMatchObject({
      aliases: ['openai', 'gpt-oss'],
      example: expect.stringContaining('to=functions.get_weather') as string,
    })
    for (const { example } of dialects) expect(example).toContain('Tokyo')
    expect((await runCli(['dialects'])).stdout).toContain('hermes')
  })

  test('of one’s own are loaded from a module', async () => {
    using bench = createWorkbench()
    const entry = join(import.meta.dirname, '../../src/dialects/index.ts')
    writeFileSync(
      join(bench.folder, 'shout.ts'),
      `import { findDialect } from ${JSON.stringify(entry)}
       export default { ...findDialect('hermes'), name: 'shout', detects: (model: string) => model === 'shouter' }`,
    )
    const { stdout } = await runCli(['dialects'], { cwd: bench.folder, env: { DIALECTS: './shout.ts' } })
    expect(stdout).toMatch(/^shout/)
    writeFileSync(join(bench.folder, 'none.ts'), 'export default { name: 7 }')
    const failed = await runCli(['dialects'], { cwd: bench.folder, env: { DIALECTS: './none.ts,./gone.ts' } })
    expect(failed.stderr).toContain('The default export of ./none.ts is not a dialect')
    expect(failed.code).toBe(2)
    const missing = await runCli(['dialects'], { cwd: bench.folder, env: { DIALECTS: './gone.ts' } })
    expect(missing.stderr).toContain('The dialect ./gone.ts cannot be loaded')
  })
})
