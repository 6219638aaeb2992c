import { HostError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import type { OpenFile } from '../../files/file-system.ts'
import { readLines } from '../../files/line-file.ts'
import { type Entry, intentKey } from '../entry.ts'
import { parseLine, type SessionHeader, type SessionLine } from './session-lines.ts'

/** What was read of a session's file so far. More is added as the file grows; nothing ever changes. */
export interface SessionLog {
  /** Of the file, to know it from another of the same name. */
  identity: string
  header: SessionHeader
  /** How much was read, in bytes. */
  end: number
  entries: Entry[]
  ids: Set<string>
  /** The calls that have an intent. */
  started: Set<string>
  /** The highest token in the file. */
  token: number
}

/** Reads a file from its beginning, or what `known` does not have yet. */
export async function readSessionLog(
  id: string,
  file: OpenFile,
  known: SessionLog | undefined,
  log: Logger,
): Promise<SessionLog> {
  const { identity } = await file.state()
  let found = known?.identity === identity ? known : undefined
  const { lines, end } = await readLines(file, found?.end ?? 0)
  for (const text of lines) {
    const content = readLine(id, text, log)
    if (!content) continue
    if (content.type === 'session') found ??= emptyLog(identity, content)
    else if (found) addLine(found, content)
  }
  if (!found) throw new HostError('store_failed', `The file of the session ${id} has no beginning that can be read.`)
  found.end = end
  return found
}

export function addLine(log: SessionLog, line: Exclude<SessionLine, SessionHeader>): void {
  if (line.token < log.token) return
  log.token = line.token
  if (line.type !== 'entries') return
  for (const entry of line.entries) {
    log.entries.push(entry)
    log.ids.add(entry.id)
    const key = intentKey(entry.body)
    if (key !== undefined) log.started.add(key)
  }
}

function emptyLog(identity: string, header: SessionHeader): SessionLog {
  return { identity, header, end: 0, entries: [], ids: new Set(), started: new Set(), token: header.token }
}

/** One line that somebody spoilt is not to cost the rest of the conversation. */
function readLine(id: string, text: string, log: Logger): SessionLine | undefined {
  try {
    return parseLine(text)
  } catch (error) {
    if (error instanceof HostError) throw error
    log.error({ session: id, characters: text.length }, 'a line of a session file cannot be read and is passed over')
    return undefined
  }
}
