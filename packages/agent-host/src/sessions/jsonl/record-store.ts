import { join } from 'node:path'
import { HostError } from '../../core/errors.ts'
import { toFileName } from '../../files/file-name.ts'
import type { DataFolder } from '../../files/data-folder.ts'
import { parseJsonFile } from '../../files/parse-json-file.ts'
import {
  type RecordKind,
  type RecordLifetimes,
  recordLifetimes,
  recordSchema,
  type RecordStore,
} from '../record-store.ts'
import { checkId } from '../session.ts'

/** Keeps each record in a file of its own, in a folder for its kind. The file's time of change is when it was put. */
export function createJsonlRecordStore(
  { path, fileSystem, wholeFiles }: DataFolder,
  lifetimes: RecordLifetimes = recordLifetimes,
): RecordStore {
  const made = new Map<RecordKind, Promise<void>>()
  const folderOf = (kind: RecordKind): string => join(path, 'records', kind)
  const pathOf = (kind: RecordKind, id: string): string => {
    checkId(id)
    return join(folderOf(kind), `${toFileName(id)}.json`)
  }
  const isOld = async (file: string, lifetime: number | undefined): Promise<boolean> => {
    if (lifetime === undefined) return false
    const state = await fileSystem.state(file)
    return state !== undefined && state.modifiedAt <= Date.now() - lifetime
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
      const file = pathOf(kind, id)
      if (await isOld(file, lifetimes[kind])) return undefined
      const bytes = await fileSystem.read(file)
      const found = bytes && parseJsonFile(bytes, recordSchema)
      if (bytes && !found) throw new HostError('store_failed', `The file of the ${kind} ${id} cannot be read.`)
      return found
    },
    async delete(kind, id) {
      const file = pathOf(kind, id)
      const wasOld = await isOld(file, lifetimes[kind])
      const removed = await fileSystem.remove(file)
      if (removed) await fileSystem.syncFolder(folderOf(kind))
      return removed && !wasOld
    },
    async removeOld() {
      let removed = 0
      for (const kind of Object.keys(lifetimes) as RecordKind[]) {
        for (const name of await fileSystem.list(folderOf(kind))) {
          const file = join(folderOf(kind), name)
          if ((await isOld(file, lifetimes[kind])) && (await fileSystem.remove(file))) removed++
        }
      }
      return removed
    },
  }
}
