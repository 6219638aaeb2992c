import { join } from 'node:path'
import { z } from 'zod'
import { HostError } from '../../core/errors.ts'
import { fromFileName, toFileName } from '../../files/file-name.ts'
import type { FileState, FileSystem, OpenFile } from '../../files/file-system.ts'
import type { WholeFiles } from '../../files/whole-file.ts'
import { parseJsonFile } from '../../files/parse-json-file.ts'
import type { Entry } from '../entry.ts'
import type { Session } from '../session.ts'
import { parseLine, type SessionHeader, toLine } from './session-lines.ts'

/**
 * The files of sessions in one folder: `ID.jsonl`, which only grows, and `ID.json` with the title and metadata where
 * they were changed.
 */
export interface SessionFiles {
  /** `false` where there is one already. */
  add(header: SessionHeader, entries: readonly Entry[]): Promise<boolean>
  open(id: string): Promise<OpenFile | undefined>
  state(id: string): Promise<FileState | undefined>
  describe(id: string): Promise<Session | undefined>
  change(id: string, change: { title?: string; metadata?: Record<string, string> }): Promise<Session | undefined>
  /** Of every session, in any order. */
  ids(): Promise<string[]>
  remove(id: string): Promise<void>
}

/** `token`: of the session's first line, as a file may outlive its session in a crash. */
const changed = z.object({ token: z.number(), title: z.string(), metadata: z.record(z.string(), z.string()) })

export function createSessionFiles(fileSystem: FileSystem, wholeFiles: WholeFiles, folder: string): SessionFiles {
  let ready: Promise<void> | undefined
  const logPath = (id: string): string => join(folder, `${toFileName(id)}${logEnding}`)
  const changePath = (id: string): string => join(folder, `${toFileName(id)}.json`)
  const read = async (id: string): Promise<{ header: SessionHeader; session: Session } | undefined> => {
    const [header, change] = await Promise.all([readHeader(fileSystem, logPath(id)), fileSystem.read(changePath(id))])
    if (!header) return undefined
    const { type: _, version: __, token, ...session } = header.content
    const latest = change && parseJsonFile(change, changed)
    const { title, metadata } = latest?.token === token ? latest : session
    const updatedAt = new Date(header.modifiedAt).toISOString()
    return { header: header.content, session: { ...session, id, title, metadata, updatedAt } }
  }
  return {
    async add(header, entries) {
      await (ready ??= fileSystem.makeFolder(folder))
      const copied = entries.length === 0 ? '' : toLine({ type: 'entries', token: header.token, entries: [...entries] })
      return await wholeFiles.add(logPath(header.id), toLine(header) + copied)
    },
    open: (id) => fileSystem.open(logPath(id)),
    state: (id) => fileSystem.state(logPath(id)),
    describe: async (id) => (await read(id))?.session,
    async change(id, change) {
      const found = await read(id)
      if (!found) return undefined
      const session = { ...found.session, ...change }
      const { title, metadata } = session
      await wholeFiles.replace(changePath(id), JSON.stringify({ token: found.header.token, title, metadata }))
      return session
    },
    async ids() {
      const names = (await fileSystem.list(folder)).filter((name) => name.endsWith(logEnding))
      return names.map((name) => fromFileName(name.slice(0, -logEnding.length)))
    },
    async remove(id) {
      // One after the other, so that a crash leaves the session as it was or none.
      for (const path of [logPath(id), changePath(id)]) {
        if (await fileSystem.remove(path)) await fileSystem.syncFolder(folder)
      }
    },
  }
}

const logEnding = '.jsonl'

/** Enough for nearly every first line. */
const firstRead = 4096

async function readHeader(
  fileSystem: FileSystem,
  path: string,
): Promise<{ content: SessionHeader; modifiedAt: number } | undefined> {
  const file = await fileSystem.open(path)
  if (!file) return undefined
  try {
    const { size, modifiedAt } = await file.state()
    for (let length = firstRead; ; length *= 4) {
      const bytes = await file.read(0, length)
      const end = bytes.indexOf('\n')
      if (end === -1 && length < size) continue
      return { content: toSession(bytes.toString('utf8', 0, end)), modifiedAt }
    }
  } finally {
    await file.close()
  }
}

/** @throws HostError `store_failed`. */
function toSession(text: string): SessionHeader {
  try {
    const content = parseLine(text)
    if (content.type === 'session') return content
  } catch (error) {
    if (error instanceof HostError) throw error
  }
  throw new HostError('store_failed', 'A session file does not begin with its session.')
}
