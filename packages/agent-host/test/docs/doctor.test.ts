import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { probes } from '../../src/doctor/probes.ts'

const page = readFileSync(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8')

test('docs/doctor.md explains every line of the report, in its order', () => {
  const table = page.slice(page.indexOf('## What it asks'), page.indexOf('## Options'))
  const explained = [...table.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => name)
  expect(explained).toEqual(probes.map(({ name }) => name))
})

test('and shows each of them in its example', () => {
  const shown = [...page.matchAll(/^ {2}[✓!✗?] (?:ok|note|problem|unknown) +(\S+(?: \S+)*) {2,}/gm)].map(
    ([, name]) => name,
  )
  expect(shown).toEqual(probes.map(({ name }) => name))
})
