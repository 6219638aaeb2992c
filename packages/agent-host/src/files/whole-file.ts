import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { FileSystem } from './file-system.ts'

/** Writes files that are there either whole or not at all. */
export interface WholeFiles {
  /** `false` where there is one already, which stays as it is. `modifiedAt`: milliseconds since 1970. */
  add(path: string, content: string, options?: { modifiedAt?: number; durable?: boolean }): Promise<boolean>
  /** Durable when it resolves. */
  replace(path: string, content: string): Promise<void>
}

/** `scratch` is a folder on the same disk for files that are not whole yet; what a crash leaves in it is removed. */
export function createWholeFiles(fileSystem: FileSystem, scratch: string): WholeFiles {
  let ready: Promise<void> | undefined
  const writeScratch = async (content: string, durable: boolean): Promise<string> => {
    await (ready ??= prepare(fileSystem, scratch))
    const path = join(scratch, randomBytes(12).toString('hex'))
    const file = await fileSystem.create(path)
    try {
      await file.append(Buffer.from(content))
      if (durable) await file.sync()
    } finally {
      await file.close()
    }
    return path
  }
  return {
    async add(path, content, { modifiedAt, durable = true } = {}) {
      const written = await writeScratch(content, durable)
      if (modifiedAt !== undefined) await fileSystem.setModifiedAt(written, modifiedAt)
      const added = await fileSystem.link(written, path)
      await fileSystem.remove(written)
      if (added && durable) await fileSystem.syncFolder(dirname(path))
      return added
    },
    async replace(path, content) {
      await fileSystem.rename(await writeScratch(content, true), path)
      await fileSystem.syncFolder(dirname(path))
    },
  }
}

/** No write takes nearly as long. */
const abandonedAfterMs = 3_600_000

async function prepare(fileSystem: FileSystem, scratch: string): Promise<void> {
  await fileSystem.makeFolder(scratch)
  for (const name of await fileSystem.list(scratch)) {
    const path = join(scratch, name)
    const state = await fileSystem.state(path)
    if (state && state.modifiedAt < Date.now() - abandonedAfterMs) await fileSystem.remove(path)
  }
}
