import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const version = '0.169.0'
const folder = join(import.meta.dirname, '../../node_modules/.cache', `codex-${version}`)

/**
 * The Codex CLI, installed once into a cache: it is 400 MB, too much for everyone who installs the workspace. Without
 * it, the reason why.
 */
export async function installCodex(): Promise<
  { file: string; missing?: undefined } | { file?: undefined; missing: string }
> {
  const file = join(folder, 'node_modules/.bin/codex')
  if (existsSync(file)) return { file }
  await mkdir(folder, { recursive: true })
  const flags = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts']
  try {
    await run('npm', ['install', '--prefix', folder, ...flags, `@openai/codex@${version}`], { timeout: 90_000 })
    return existsSync(file) ? { file } : { missing: 'npm left no program' }
  } catch (error) {
    return { missing: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'npm failed' }
  }
}
