import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRotatingFile } from '../../src/files/rotating-file.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'rotating-'))
})
afterAll(() => rmSync(root, { recursive: true }))

const warnings: string[] = []
const log = { debug() {}, info() {}, error() {}, warn: (_: unknown, text: string) => void warnings.push(text) }

const age = (name: string): number => Number(/\.(\d+)$/.exec(name)?.[1] ?? 0)

/** All lines that are left, oldest first. */
function linesIn(folder: string): string[] {
  const names = readdirSync(folder).toSorted((a, b) => age(b) - age(a))
  return names.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
}

test('no line is torn, doubled or out of order, no file too large, and only the oldest are gone', async () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', '한', '"'), maxLength: 60 }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 4 }),
      async (all, max, keep) => {
        const folder = mkdtempSync(join(root, 'p-'))
        const path = join(folder, 'log')
        const numbered = all.map((text, i) => `${i} ${text}`)
        const half = Math.floor(numbered.length / 2)
        for (const part of [numbered.slice(0, half), numbered.slice(half)]) {
          const file = createRotatingFile(path, { maxBytes: max, keep, log })
          for (const line of part) file.add(line)
          await file.close()
        }
        const left = linesIn(folder)
        expect(left).toEqual(left.length === 0 ? [] : numbered.slice(-left.length))
        expect(readdirSync(folder).length).toBeLessThanOrEqual(keep + 1)
        for (const name of readdirSync(folder)) {
          const text = readFileSync(join(folder, name), 'utf8')
          expect(Buffer.byteLength(text) <= max || text.indexOf('\n') === text.length - 1).toBe(true)
        }
      },
    ),
  )
})

test('a line that a crash cut off is not joined to the next, and the file is the owner’s alone', async () => {
  const path = join(root, 'deep', 'er', 'log')
  const first = createRotatingFile(path, { maxBytes: 1000, keep: 1, log })
  first.add('{"a":1}')
  await first.close()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  writeFileSync(path, '{"a":1}\n{"b')
  const second = createRotatingFile(path, { maxBytes: 1000, keep: 1, log })
  second.add('{"c":3}')
  await second.close()
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b\n{"c":3}\n')
})

test('what cannot be written is told in the log, and later lines are tried again', async () => {
  const path = join(root, 'blocked')
  mkdirSync(path)
  const file = createRotatingFile(path, { maxBytes: 1000, keep: 1, log })
  file.add('lost')
  await file.close()
  expect(warnings).toEqual(['lines could not be written, and are lost'])
  rmSync(path, { recursive: true })
  file.add('kept')
  await file.close()
  expect(readFileSync(path, 'utf8')).toBe('kept\n')
})
