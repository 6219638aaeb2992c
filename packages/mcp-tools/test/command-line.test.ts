import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod/v4'
import { toolErrorCodes } from '../src/errors.ts'
import { settingEntries } from '../src/settings/table.ts'
import { createRequestSchema } from '../src/tools/http-request/schema.ts'
import { timeInputSchema, timeOutputSchema } from '../src/tools/time-now/schema.ts'
import { runToEnd } from './support/mcp-tools-process.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
// Without the padding that lines its tables up.
const docs = readFileSync(new URL('../../../docs/tools.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ')

const options = ['--config', '--http', '--host', '--port', '--method', '--json', '--help', '--version']

test.each(['--help', '-h'])('%s names every option and setting', async (option) => {
  const { code, stdout, stderr } = await runToEnd([option])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of options) expect(stdout).toContain(name)
})

test('the documentation agrees with --help, the schema and the codes', async () => {
  const { stdout } = await runToEnd(['--help'])
  for (const [, { env, key, type, default: standard, description }] of settingEntries) {
    const [variable, inFile] = [env, key].map((name) => (name === undefined ? '' : `\`${name}\` `))
    expect(docs).toContain(`\n| ${variable}| ${inFile}| ${type} | ${standard} | ${description} |`)
    expect(stdout).toContain(`${description}\n      (${type}; default ${standard})`)
    for (const name of [env, key]) expect(stdout).toContain(name ?? '')
  }
  for (const name of options) expect(docs).toContain(`\n| \`${name}\``)
  for (const field of Object.keys(timeOutputSchema.shape)) expect(docs).toContain(`\`${field}\``)
  for (const [code, meaning] of Object.entries(toolErrorCodes)) expect(docs).toContain(`| \`${code}\` | ${meaning} |`)
})

test.each([
  ['http_request', createRequestSchema(120_000, [{ name: 'api', origin: 'https://api.example.com' }])],
  ['time_now', timeInputSchema],
])('the documentation lists every input of %s with its default', (tool, schema) => {
  const section = docs.split(/^(?=## )/m).find((each) => each.startsWith(`## ${tool}`))
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
  for (const [name, property] of Object.entries(properties)) {
    const row = section?.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
    const standard = (property as { default?: string | number | boolean }).default
    const shown = standard === undefined ? '' : ` | ${standard} | `
    expect({ name, row: row?.replaceAll('`', '') }).toEqual({ name, row: expect.stringContaining(shown) })
  }
})

test.each(['--version', '-v'])('%s', async (option) => {
  expect(await runToEnd([option])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
})

test.each<[string[], Record<string, string>, string]>([
  [['--nonsense'], {}, '--nonsense'],
  [['positional'], {}, 'positional'],
  [['--http', '--port', '99999'], {}, '--port 99999'],
  [['--http', '--port', 'x'], {}, '--port x'],
  [['--http', '--port'], {}, '--port'],
  [['--port', '3001'], {}, 'need --http'],
  [['--http', '--host', '0.0.0.0'], {}, 'MCP_TOOLS_TOKEN'],
  [['--http', '--host', '::'], {}, 'MCP_TOOLS_TOKEN'],
  [['--http', '--host', '192.168.1.1'], {}, 'MCP_TOOLS_TOKEN'],
  [['--http', '--host', 'example.com'], {}, 'MCP_TOOLS_TOKEN'],
  [['--http', '--host', '0.0.0.0'], { MCP_TOOLS_TOKEN: '' }, 'MCP_TOOLS_TOKEN'],
  [[], { HTTP_ALLOW: 'intranet bar://x' }, 'HTTP_ALLOW: Rule "bar://x"'],
  [[], { HTTP_MAX_TIMEOUT_MS: 'soon' }, 'HTTP_MAX_TIMEOUT_MS'],
  [[], { HTTP_MAX_BYTES: '-1' }, 'HTTP_MAX_BYTES'],
])('%j with %j is refused, naming %s', async (args, env, named) => {
  const { code, stdout, stderr } = await runToEnd(args, env)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(named)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('a token that is too short is refused without being shown', async () => {
  const { code, stderr } = await runToEnd(['--http'], { MCP_TOOLS_TOKEN: 'hunter2' })
  expect(code).toBe(2)
  expect(stderr).toContain('MCP_TOOLS_TOKEN')
  expect(stderr).not.toContain('hunter2')
})
