import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Every file that a module loads at run time, itself included, and whatever it loads from outside the package. */
function loaded(
  entry: URL,
  files = new Set<string>(),
  packages = new Set<string>(),
): { files: Set<string>; packages: Set<string> } {
  if (files.has(entry.href)) return { files, packages }
  files.add(entry.href)
  const source = readFileSync(fileURLToPath(entry), 'utf8')
  for (const [, from = ''] of source.matchAll(/^(?:import|export) (?!type )[^'"]*? ?from '([^']+)'/gm)) {
    if (from.startsWith('.')) loaded(new URL(from, entry), files, packages)
    else packages.add(from)
  }
  return { files, packages }
}

test('the engine needs neither Node nor any package, so that it runs in a browser', () => {
  const { files, packages } = loaded(new URL('../../src/dialects/index.ts', import.meta.url))
  expect([...packages]).toEqual([])
  expect(files.size).toBeGreaterThan(50)
  for (const file of files) {
    expect(file).toContain('/src/dialects/')
    expect(readFileSync(fileURLToPath(file), 'utf8')).not.toMatch(/\b(process|Buffer|require|__dirname)\b[.(]/)
  }
})
