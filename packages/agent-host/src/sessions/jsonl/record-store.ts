import { join } from 'node:path'
import { HostError } from '../../core/errors.ts'
import { toFileName } from '../../files/file-name.ts'
import type { DataFolder } from '../../files/data-folder.ts'
import { parseJsonFile } from '../../files/parse-json-file.ts'
import { type RecordKind, recordSchema, type RecordStore } from '../record-store.ts'
import { checkId } from '../session.ts'

/** Keeps each record in a file of its own, in a folder for its kind. */
export function createJsonlRecordStore({ path, fileSystem, wholeFiles }: DataFolder): RecordStore {
  const made = new Map<RecordKind, Promise<void>>()
  const folderOf = (kind: RecordKind): string => join(path, 'records', kind)
  const pathOf = (kind: RecordKind, id: string): string => {
    checkId(id)
    return join(folderOf(kind), `${toFileName(id)}.json`)
  }
  return {
    async put(kind, id, value) {
      const file = pathOf(kind, id)
      const ready = made.get(kind) ?? fileSystem.makeFolder(folderOf(kind))
      made.set(kind, ready)
      await ready
      await wholeFiles.replace(file, JSON.stringify(value))
    },
    async get(kind, id) {
      const bytes = await fileSystem.read(pathOf(kind, id))
      const found = bytes && parseJsonFile(bytes, recordSchema)
      if (bytes && !found) throw new HostError('store_failed', `The file of the ${kind} ${id} cannot be read.`)
      return found
    },
    async delete(kind, id) {
      const removed = await fileSystem.remove(pathOf(kind, id))
      if (removed) await fileSystem.syncFolder(folderOf(kind))
      return removed
    },
  }
}
