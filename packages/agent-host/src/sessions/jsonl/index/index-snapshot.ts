import { uptime } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { DataFolder } from '../../../files/data-folder.ts'
import { parseJsonFile } from '../../../files/parse-json-file.ts'
import { createSessionOrder, type SessionOrder } from './session-order.ts'
import type { TouchedPosition } from './touched-sessions.ts'

/** What a process knows of the sessions of a folder. */
export interface IndexState {
  order: SessionOrder
  /** What was named up to here is known. */
  position: TouchedPosition
  /**
   * Sessions that may be written to without being named again: those that are claimed, and those that were named without
   * being there, with the time until which they are waited for, in milliseconds since 1970.
   */
  watched: ReadonlyMap<string, number>
}

const snapshot = z.object({
  version: z.literal(1),
  bootedAt: z.number(),
  position: z.object({ number: z.number(), identity: z.string().optional(), offset: z.number() }),
  watched: z.array(z.tuple([z.string(), z.number()])),
  /** The last updated last; each has its time at the same place in the other list. */
  ids: z.array(z.string()),
  times: z.array(z.number()),
})

/** What one process knew, for the next one to go on from. */
export interface IndexSnapshot {
  /** `undefined` where there is none, or none that is good. */
  load(): Promise<IndexState | undefined>
  save(state: IndexState): Promise<void>
}

/** The clock may be set meanwhile; a machine is not started twice in this time, in milliseconds. */
const sameStartMs = 60_000

export function createIndexSnapshot({ fileSystem, wholeFiles }: DataFolder, folder: string): IndexSnapshot {
  const path = join(folder, 'sessions.json')
  return {
    async load() {
      const bytes = await fileSystem.read(path)
      const found = bytes && parseJsonFile(bytes, snapshot)
      // A power cut may take names with it that nobody had synced.
      if (!found || Math.abs(found.bootedAt - bootedAt()) > sameStartMs) return undefined
      const { ids, times, position, watched } = found
      const places = ids.map((id, i) => ({ id, modifiedAt: times[i] ?? 0 }))
      return { order: createSessionOrder(places), position, watched: new Map(watched) }
    },
    async save({ order, position, watched }) {
      const places = order.all()
      const content: z.input<typeof snapshot> = {
        version: 1,
        bootedAt: bootedAt(),
        position,
        watched: [...watched],
        ids: places.map(({ id }) => id),
        times: places.map(({ modifiedAt }) => modifiedAt),
      }
      await wholeFiles.replace(path, JSON.stringify(content))
    },
  }
}

/** When the machine was started, in milliseconds since 1970. */
function bootedAt(): number {
  return Math.round(Date.now() - uptime() * 1000)
}
