import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolSpec } from '../../src/core/tool.ts'
import type { TurnOptions, TurnSummary } from './read-turn.ts'

const root = join(import.meta.dirname, '../fixtures')

/** One recorded text and what it means, written by hand. */
export interface Fixture {
  dialect: string
  name: string
  input: string
  tools: ToolSpec[]
  expected: TurnSummary
  /** From `options.json`, where there is one. */
  options: TurnOptions
}

/** Every folder `fixtures/<dialect>/<case>`. */
export const fixtures: readonly Fixture[] = folders(root).flatMap((dialect) =>
  folders(join(root, dialect)).map((name) => readFixture(dialect, name)),
)

function readFixture(dialect: string, name: string): Fixture {
  const files = readdirSync(join(root, dialect, name))
  const read = (file: string) => readFileSync(join(root, dialect, name, file), 'utf8')
  return {
    dialect,
    name,
    input: read('input.txt'),
    tools: JSON.parse(read('tools.json')) as ToolSpec[],
    expected: JSON.parse(read('expected.json')) as TurnSummary,
    options: files.includes('options.json') ? (JSON.parse(read('options.json')) as TurnOptions) : {},
  }
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
}
