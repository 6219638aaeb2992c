import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, sep } from 'node:path'
import { ToolError } from '../../errors.ts'

export interface UploadLimits {
  /** Folders whose files may be sent; none by default. */
  readonly roots: readonly string[]
  /** Bytes that may be read. */
  readonly maxBytes: number
}

/**
 * Reads a file for sending it: `path` is absolute, or within one of the roots. What counts is where it really is, links
 * followed. Throws `blocked_file` for one outside the roots, and `invalid_body` for one that cannot be sent.
 */
export async function readUpload(
  path: string,
  { roots, maxBytes }: UploadLimits,
): Promise<{ bytes: Uint8Array; name: string }> {
  const place = await toPlace(path, roots)
  // Neither a link that was put there since, nor a pipe that nobody writes to.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(place, flags).catch((error: unknown) => {
    throw new ToolError('invalid_body', `The file ${JSON.stringify(path)} cannot be read.`, { cause: error })
  })
  try {
    const bytes = await readWhole(handle, path, maxBytes)
    if (!(await isStillAt(handle, place))) throw outside(path)
    return { bytes, name: basename(path) }
  } finally {
    await handle.close()
  }
}

/** Where `path` leads, if that is within a root. A file that is not there is told like one that is out of bounds. */
async function toPlace(path: string, roots: readonly string[]): Promise<string> {
  if (roots.length === 0) {
    throw new ToolError('blocked_file', 'No folder is open for uploads; the operator can name some in `roots.upload`.')
  }
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined)
    const place = await realpath(isAbsolute(path) ? path : join(root, path)).catch(() => undefined)
    if (realRoot !== undefined && place !== undefined && isInside(place, realRoot)) return place
  }
  throw outside(path)
}

function isInside(place: string, root: string): boolean {
  const steps = relative(root, place)
  return steps !== '' && steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps)
}

async function readWhole(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const { size, isFile } = await handle.stat().then((stats) => ({ size: stats.size, isFile: stats.isFile() }))
  if (!isFile) throw new ToolError('invalid_body', `${JSON.stringify(path)} is not a file.`)
  // A file that grows while it is read is cut off, not followed.
  const buffer = new Uint8Array(Math.min(size, maxBytes) + 1)
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
  if (size > maxBytes || bytesRead > maxBytes) {
    throw new ToolError('invalid_body', `The file ${JSON.stringify(path)} is too large: ${maxBytes} bytes can be sent.`)
  }
  return buffer.subarray(0, bytesRead)
}

/** Whether no folder on the way was replaced by a link between the check and the opening. */
async function isStillAt(handle: FileHandle, place: string): Promise<boolean> {
  const [opened, there, where] = await Promise.all([handle.stat(), stat(place), realpath(place)])
  return where === place && opened.ino === there.ino && opened.dev === there.dev
}

function outside(path: string): ToolError {
  return new ToolError('blocked_file', `There is no file ${JSON.stringify(path)} in the folders open for uploads.`)
}
