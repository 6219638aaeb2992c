import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { loadSettings } from '../../src/config/load.ts'
import { options } from '../../src/config/options.ts'

const root = new URL('../../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** The table of docs/configuration.md, as the options themselves have it. */
function settingsTable(): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const { env, flag, help, allowed, unset, schema } = option
    const value: unknown = schema.safeParse(undefined).data
    const standard = unset ?? `\`${String(value)}\``
    const inFile = 'secret' in option && option.secret ? 'none' : `\`${name}\``
    return `| \`${env}\` | ${flag === undefined ? 'none' : `\`${flag}\``} | ${inFile} | ${help}; ${allowed} | ${standard} |`
  })
  return [
    '| environment | flag | config file | meaning; what is allowed | default |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

test('docs/configuration.md has every setting as it is', () => {
  expect(read('docs/configuration.md').replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---')).toContain(settingsTable())
})

test('.env.example names every environment variable, and is valid as it stands', () => {
  const example = read('.env.example')
  const named = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name)
  expect(new Set(named)).toEqual(new Set(Object.values(options).map(({ env }) => env)))
  const { settings } = loadSettings({ env: parseEnv(example), folder: '/' })
  expect(settings).toEqual(loadSettings({ env: {}, folder: '/' }).settings)
})

test('.env.example is valid with everything switched on', () => {
  const example = parseEnv(read('.env.example').replaceAll(/^#([A-Z][A-Z_]+=)/gm, '$1'))
  expect(loadSettings({ env: example, folder: '/' }).settings).toMatchObject({ maxTokens: 1000, temperature: 0.7 })
})

test('the two READMEs link to each other', () => {
  expect(read('README.md')).toContain('(README.ko.md)')
  expect(read('README.ko.md')).toContain('(README.md)')
})
