import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const version = '0.169.0'
/** Of 160 MB, which take ten seconds on a fast line. */
const longestInstallMs = 50_000
/** What npm tries again, it tries soon. */
const flags = (
  '--no-audit --no-fund --no-save --ignore-scripts --no-update-notifier ' +
  '--fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=4000'
).split(' ')
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
  try {
    await mkdir(folder, { recursive: true })
    const options = { timeout: longestInstallMs }
    await run('npm', ['install', '--prefix', folder, ...flags, `@openai/codex@${version}`], options)
    // The program itself is a package of its own for each platform, which npm leaves out where it cannot be fetched.
    await run(file, ['--version'])
    return { file }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    return { missing: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'npm failed' }
  }
}
