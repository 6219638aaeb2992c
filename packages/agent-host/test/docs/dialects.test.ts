import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dialects } from '../../src/dialects/registry.ts'

test('docs/dialects.md lists every dialect with its names and families', () => {
  const page = readFileSync(new URL('../../../../docs/dialects.md', import.meta.url), 'utf8').replaceAll(/ +\|/g, ' |')
  for (const { name, aliases = [], families } of dialects) {
    const also = aliases.map((alias) => `\`${alias}\``).join(', ')
    expect(page).toContain(`| \`${name}\` | ${also === '' ? '' : `${also} `}| ${families} |`)
  }
})
