import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The secret in this file, which is made where there is none, for its owner alone. Of processes that make it at once one
 * succeeds, and all have its secret. @throws what the file system fails with
 */
export function readSecretFile(path: string): string {
  const found = readSecret(path)
  if (found !== undefined) return found
  const scratch = `${path}.${randomBytes(6).toString('hex')}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(scratch, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(scratch, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(scratch)
  }
  return readFileSync(path, 'utf8')
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
