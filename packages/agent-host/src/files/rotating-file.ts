import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from '../core/logger.ts'

/** Lines that wait for a disk that is slower than they come, in bytes; beyond that they are lost. */
const mostHeld = 16 * 1024 * 1024

const newline = 0x0a

export interface RotatingFileOptions {
  /** A file is put aside before it becomes larger than this; one line alone may be. */
  maxBytes: number
  /** How many are kept aside: `.1` is the newest. */
  keep: number
  log: Logger
}

/** A file of lines that never fails those who write to it: what goes wrong is logged, and the lines are lost. */
export interface RotatingFile {
  /** Without the line's end. Returns at once. */
  add(line: string): void
  /** Resolves once everything is written. */
  close(): Promise<void>
}

/** Nothing is made before the first line. The file is its owner's alone. */
export function createRotatingFile(path: string, { maxBytes, keep, log }: RotatingFileOptions): RotatingFile {
  let held: string[] = []
  let heldBytes = 0
  let lost = 0
  let writing: Promise<void> | undefined

  async function write(lines: readonly string[]): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    const end = await endOf(path)
    let { size } = end
    let batch = end.torn ? '\n' : ''
    for (const line of lines) {
      const length = Buffer.byteLength(line) + 1
      if (size > 0 && size + Buffer.byteLength(batch) + length > maxBytes) {
        await append(path, batch)
        await putAside(path, keep)
        size = 0
        batch = ''
      }
      batch += `${line}\n`
      if (size === 0) {
        await append(path, batch)
        size = Buffer.byteLength(batch)
        batch = ''
      }
    }
    await append(path, batch)
  }

  async function writeHeld(): Promise<void> {
    while (held.length > 0) {
      const lines = held
      held = []
      heldBytes = 0
      try {
        await write(lines)
        if (lost > 0) log.warn({ path, lines: lost }, 'lines were lost: the disk was slower than they came')
        lost = 0
      } catch (error) {
        log.warn({ err: error, path, lines: lines.length }, 'lines could not be written, and are lost')
      }
    }
    writing = undefined
  }

  return {
    add(line) {
      if (heldBytes > mostHeld) {
        lost++
        return
      }
      held.push(line)
      heldBytes += Buffer.byteLength(line)
      writing ??= writeHeld()
    },
    async close() {
      await writing
    },
  }
}

async function append(path: string, text: string): Promise<void> {
  if (text !== '') await appendFile(path, text, { mode: 0o600 })
}

/** Its size, and whether a crash left its last line without an end. */
async function endOf(path: string): Promise<{ size: number; torn: boolean }> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const last = size === 0 ? undefined : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0]
    return { size, torn: last !== undefined && last !== newline }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { size: 0, torn: false }
    throw error
  }
}

/** `path` becomes `path.1`, that one `path.2`, and the last one is gone. */
async function putAside(path: string, keep: number): Promise<void> {
  if (keep === 0) return await rm(path, { force: true })
  for (let number = keep - 1; number >= 0; number--) {
    const from = number === 0 ? path : `${path}.${number}`
    try {
      await rename(from, `${path}.${number + 1}`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
