import { join } from 'node:path'
import { z } from 'zod'
import { toFileName } from '../../files/file-name.ts'
import type { DataFolder } from '../../files/data-folder.ts'
import type { OpenFile } from '../../files/file-system.ts'
import { parseJsonFile } from '../../files/parse-json-file.ts'
import { runSchema } from '../run.ts'

/** A run as its file has it; `expiresAt` and `lastSequence` are those of when it was written. */
const record = runSchema.extend({ token: z.number() })

export type RunRecord = z.output<typeof record>

/** The files of runs: `ID.json`, written anew at each change, `ID.jsonl` with the events, `cancels/ID`. */
export interface RunFiles {
  /** `false` where there is one already. */
  add(run: RunRecord): Promise<boolean>
  read(id: string): Promise<RunRecord | undefined>
  write(run: RunRecord): Promise<void>
  /** `undefined` where there is none. */
  openEvents(id: string): Promise<OpenFile | undefined>
  createEvents(id: string): Promise<OpenFile>
  addCancel(id: string): Promise<void>
  hasCancel(id: string): Promise<boolean>
  removeCancel(id: string): Promise<void>
  remove(id: string): Promise<void>
  /** Every run whose file was last written before then; default: all. */
  all(before?: Date): Promise<RunRecord[]>
}

export function createRunFiles({ fileSystem, wholeFiles, path, log }: DataFolder): RunFiles {
  const folder = join(path, 'runs')
  const cancels = join(folder, 'cancels')
  const recordPath = (id: string): string => join(folder, `${toFileName(id)}${recordEnding}`)
  const eventsPath = (id: string): string => join(folder, `${toFileName(id)}.jsonl`)
  const cancelPath = (id: string): string => join(cancels, toFileName(id))
  let ready: Promise<void> | undefined
  const readPath = async (file: string): Promise<RunRecord | undefined> => {
    const bytes = await fileSystem.read(file)
    const run = bytes && parseJsonFile(bytes, record)
    if (bytes && !run) log.error({ file }, 'a file of a run cannot be read and is passed over')
    return run
  }
  return {
    async add(run) {
      return await wholeFiles.add(recordPath(run.id), JSON.stringify(run))
    },
    read: (id) => readPath(recordPath(id)),
    write: (run) => wholeFiles.replace(recordPath(run.id), JSON.stringify(run)),
    openEvents: (id) => fileSystem.open(eventsPath(id)),
    async createEvents(id) {
      await (ready ??= fileSystem.makeFolder(cancels))
      return await fileSystem.create(eventsPath(id))
    },
    async addCancel(id) {
      await wholeFiles.add(cancelPath(id), '', { durable: false })
    },
    hasCancel: async (id) => (await fileSystem.state(cancelPath(id))) !== undefined,
    async removeCancel(id) {
      await fileSystem.remove(cancelPath(id))
    },
    async remove(id) {
      // The record last: with it, a crash in between is made good at the next removal.
      for (const file of [cancelPath(id), eventsPath(id), recordPath(id)]) await fileSystem.remove(file)
    },
    async all(before) {
      const found: RunRecord[] = []
      for (const name of await fileSystem.list(folder)) {
        if (!name.endsWith(recordEnding)) continue
        const state = before && (await fileSystem.state(join(folder, name)))
        if (before && (!state || state.modifiedAt >= before.getTime())) continue
        const run = await readPath(join(folder, name))
        if (run) found.push(run)
      }
      return found
    },
  }
}

const recordEnding = '.json'
