import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface TemporaryFolder extends Disposable {
  path: string
  /** Writes a file, as JSON unless it is text, and gives its path. */
  write(name: string, content: unknown): string
}

export function createFolder(files: Record<string, unknown> = {}): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'agent-host-'))
  const write = (name: string, content: unknown): string => {
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content))
    return join(path, name)
  }
  for (const [name, content] of Object.entries(files)) write(name, content)
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}
