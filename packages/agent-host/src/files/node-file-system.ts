import { constants } from 'node:fs'
import {
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises'
import { dirname } from 'node:path'
import { HostError } from '../core/errors.ts'
import type { FileState, FileSystem, OpenFile } from './file-system.ts'

const ownerOnly = 0o600

/** The real one. */
export const nodeFileSystem: FileSystem = {
  makeFolder: (path) => told(makeFolder(path)),
  list: (folder) => unless('ENOENT', readdir(folder), []),
  read: (path) => unless('ENOENT', readFile(path), undefined),
  open: (path) => unless('ENOENT', openAs(path, constants.O_RDWR | constants.O_APPEND), undefined),
  create: (path) => told(openAs(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL)),
  state: (path) => unless('ENOENT', stat(path).then(toState), undefined),
  setModifiedAt: (path, at) =>
    unless(
      'ENOENT',
      utimes(path, at / 1000, at / 1000).then(() => true),
      false,
    ),
  rename: (from, to) => told(rename(from, to)),
  link: (from, to) => unless('EEXIST', linkOrCopy(from, to), false),
  remove: (path) =>
    unless(
      'ENOENT',
      unlink(path).then(() => true),
      false,
    ),
  syncFolder: (path) => told(syncFolder(path)),
}

/** The outcome, or `otherwise` where it failed with this code. */
async function unless<Value, Other>(code: string, work: Promise<Value>, otherwise: Other): Promise<Value | Other> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === code) return otherwise
    throw toStoreFailure(error)
  }
}

async function told<Value>(work: Promise<Value>): Promise<Value> {
  return await unless('', work, undefined as never)
}

/** The paths are for the log alone. */
function toStoreFailure(error: unknown): HostError {
  const code = codeOf(error) ?? 'unknown error'
  return new HostError('store_failed', `The data folder cannot be used (${code}).`, { cause: error })
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

async function openAs(path: string, flags: number): Promise<OpenFile> {
  const handle = await open(path, flags, ownerOnly)
  return {
    state: () => told(handle.stat().then(toState)),
    read: (position, length) => told(readFrom(handle, position, length)),
    append: (bytes) => told(append(handle, bytes)),
    truncate: (size) => told(handle.truncate(size)),
    sync: () => told(handle.datasync()),
    close: () => told(handle.close()),
  }
}

async function readFrom(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

async function append(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten
}

function toState({ size, mtimeMs, dev, ino, birthtimeMs }: Awaited<ReturnType<typeof stat>>): FileState {
  // An inode number is used again, but not with the same time of birth.
  return { size: Number(size), modifiedAt: Math.round(Number(mtimeMs)), identity: `${dev}:${ino}:${birthtimeMs}` }
}

/** Some file systems have no hard links; there the content may be seen before it is whole. */
async function linkOrCopy(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error
    await copyFile(from, to, constants.COPYFILE_EXCL)
    const { atimeMs, mtimeMs } = await stat(from)
    await utimes(to, atimeMs / 1000, mtimeMs / 1000)
  }
  return true
}

async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  // A new folder is lost with the power until the one that it is in was synced.
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

async function syncFolder(path: string): Promise<void> {
  // Windows neither needs nor can sync a folder.
  if (process.platform === 'win32') return
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
