import { join } from 'node:path'
import type { DataFolder } from '../../../files/data-folder.ts'
import type { FileState, OpenFile } from '../../../files/file-system.ts'
import { readLines } from '../../../files/line-file.ts'
import { isId } from '../../session.ts'

/** How far somebody has read. */
export interface TouchedPosition {
  number: number
  /** Of the file; absent where there was none yet. */
  identity?: string | undefined
  /** In bytes. */
  offset: number
}

/**
 * Tells all processes which sessions they have to look at again: a session is named here before its file is written to.
 * The names are lines of a file, which is followed by another with the next number when it is large. The one before
 * stays, so that those who read now and then find what they have not read.
 */
export interface TouchedSessions {
  /** Resolves once everybody who reads from now on will find it. */
  add(id: string): Promise<void>
  /** Where whoever looks at all sessions now goes on: a little before the end, as some are about to be written to. */
  recent(): Promise<TouchedPosition>
  /** What was named since; `undefined` where that is gone. */
  since(position: TouchedPosition): Promise<{ ids: string[]; position: TouchedPosition } | undefined>
}

const recentBytes = 4096

/** `maxBytes`: of one file. A line is some 35 of them. */
export function createTouchedSessions(data: DataFolder, folder: string, maxBytes = 2 ** 20): TouchedSessions {
  const files = createTouchedFiles(data, folder)
  /** The file that was the last one when we last looked. */
  let last: number | undefined
  return {
    async add(id) {
      while (true) {
        last ??= (await files.numbers()).at(-1)
        if (last === undefined) await files.begin(1)
        const number = (last ??= 1)
        const size = await addTo(files, number, id)
        if (size === undefined) last = undefined
        else if (size <= maxBytes) return
        else return await files.begin((last = number + 1))
      }
    },
    async recent() {
      const number = (await files.numbers()).at(-1) ?? 1
      const state = await files.state(number)
      // Half a line there is not an id, or that of no session.
      return { number, identity: state?.identity, offset: Math.max(0, (state?.size ?? 0) - recentBytes) }
    },
    since: (position) => readSince(files, position),
  }
}

interface TouchedFiles {
  /** The lowest first. */
  numbers(): Promise<number[]>
  state(number: number): Promise<FileState | undefined>
  open(number: number): Promise<OpenFile | undefined>
  /** Makes a file, unless somebody else did, and removes all but the one before it. */
  begin(number: number): Promise<void>
}

function createTouchedFiles({ fileSystem, wholeFiles }: DataFolder, folder: string): TouchedFiles {
  const pathOf = (number: number): string => join(folder, `touched.${number}`)
  const numbers = async (): Promise<number[]> => {
    const names = (await fileSystem.list(folder)).filter((name) => /^touched\.\d+$/.test(name))
    return names.map((name) => Number(name.slice('touched.'.length))).toSorted((a, b) => a - b)
  }
  return {
    numbers,
    state: (number) => fileSystem.state(pathOf(number)),
    open: (number) => fileSystem.open(pathOf(number)),
    async begin(number) {
      await fileSystem.makeFolder(folder)
      await wholeFiles.add(pathOf(number), '', { durable: false })
      for (const old of await numbers()) if (old < number - 1) await fileSystem.remove(pathOf(old))
    },
  }
}

/** Gives the size of the file that it wrote to; `undefined` where readers may have left that behind. */
async function addTo(files: TouchedFiles, number: number, id: string): Promise<number | undefined> {
  const file = await files.open(number)
  if (!file) return undefined
  try {
    // With a start of its own: what a full disk cut off is not joined to it.
    await file.append(Buffer.from(`\n${id}\n`))
    // In this order: a file is removed only after two more were made.
    if (await files.state(number + 1)) return undefined
    return (await files.state(number))?.size
  } finally {
    await file.close()
  }
}

async function readSince(files: TouchedFiles, position: TouchedPosition): ReturnType<TouchedSessions['since']> {
  const ids = new Set<string>()
  let at = position
  while (true) {
    // Before the reading: what is written here once there is a next one is written there, too.
    const hasNext = (await files.state(at.number + 1)) !== undefined
    const file = await files.open(at.number)
    if (!file) return (await files.numbers()).length === 0 && !at.identity ? { ids: [], position: at } : undefined
    try {
      const { identity, size } = await file.state()
      if (size < at.offset || (at.identity !== undefined && at.identity !== identity)) return undefined
      const { lines, end } = await readLines(file, at.offset)
      for (const line of lines) if (isId(line)) ids.add(line)
      at = { number: at.number, identity, offset: end }
    } finally {
      await file.close()
    }
    if (!hasNext) return { ids: [...ids], position: at }
    at = { number: at.number + 1, offset: 0 }
  }
}
