import { constants } from 'node:fs'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ToolError } from '../../../errors.ts'

/** A file to make. */
export interface SaveTarget {
  /** The folder that the operator opened. */
  readonly folder: string
  readonly name: string
  /** Whether to replace a file of that name. */
  readonly overwrite: boolean
}

/** One name, of letters that mean nothing else to any file system: no path, no hidden file, no device, no stream. */
const plainName = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} ._()+@=,-]{0,119}$/u
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * Where `name` may be saved. Throws `blocked_file` where no folder is open, the name is more than a name, or taken;
 * asked before the request, so that nothing is fetched in vain.
 */
export async function toSaveTarget(folder: string | undefined, name: string, overwrite: boolean): Promise<SaveTarget> {
  if (folder === undefined) {
    throw new ToolError('blocked_file', 'Nothing can be saved: the operator has set no folder for it (`roots.save`).')
  }
  if (!plainName.test(name) || deviceName.test(name) || /[ .]$/.test(name)) {
    throw new ToolError(
      'blocked_file',
      `\`save_as\`: ${JSON.stringify(name)} is not a plain file name such as report.pdf.`,
    )
  }
  if (!overwrite && (await exists(join(folder, name)))) throw taken(name)
  return { folder, name, overwrite }
}

/** Writes the file and gives its path. Throws `blocked_file` where it cannot be written. */
export async function saveBody(bytes: Buffer, { folder, name, overwrite }: SaveTarget): Promise<string> {
  const path = join(folder, name)
  try {
    if (overwrite) await replace(path, bytes, join(folder, `.${randomBytes(8).toString('hex')}.part`))
    else await writeNew(path, bytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EEXIST') throw taken(name)
    throw new ToolError('blocked_file', `\`save_as\`: ${name} could not be written (${code}).`, { cause: error })
  }
  return path
}

/** What is replaced is replaced whole, and a link by that name is replaced rather than followed. */
async function replace(path: string, bytes: Buffer, part: string): Promise<void> {
  await writeNew(part, bytes)
  try {
    await rename(part, path)
  } catch (error) {
    await rm(part)
    throw error
  }
}

/** Only ever a file that was not there: no link is followed, nothing replaced, nothing half written left. */
async function writeNew(path: string, bytes: Buffer): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    await file.writeFile(bytes)
  } catch (error) {
    await rm(path)
    throw error
  } finally {
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function taken(name: string): ToolError {
  return new ToolError(
    'blocked_file',
    `\`save_as\`: ${name} is there already. Take another name, or set \`overwrite\`.`,
  )
}
