import { basename, dirname } from 'node:path'
import { HostError } from '../../src/core/errors.ts'
import type { FileState, FileSystem, OpenFile } from '../../src/files/file-system.ts'

interface Inode {
  identity: string
  bytes: Buffer
  /** What survives a power cut for certain. */
  synced: Buffer
  modifiedAt: number
}

interface Folder {
  names: Map<string, Inode>
  /** The names that survive a power cut for certain. */
  synced: Map<string, Inode>
}

/** Gives a number below `count`; a property draws it. */
export type Choose = (count: number) => number

/** A file system in memory that keeps, when its power is cut, what was synced, and of the rest what it pleases. */
export interface ForgetfulFileSystem extends FileSystem {
  /** Cuts the power so many operations from now: that one, and all after it, fail. */
  cutPowerIn(operations: number): void
  /** Starts again with what the power cut left. */
  reboot(): void
}

export function createForgetfulFileSystem(choose: Choose): ForgetfulFileSystem {
  const disk: Disk = { folders: new Map(), made: 0, operationsLeft: Number.POSITIVE_INFINITY, choose }
  return {
    ...nameOperations(disk),
    ...fileOperations(disk),
    cutPowerIn(operations) {
      disk.operationsLeft = operations
    },
    reboot() {
      disk.operationsLeft = Number.POSITIVE_INFINITY
      for (const folder of disk.folders.values()) {
        folder.names = survivingNames(folder, choose)
        folder.synced = new Map(folder.names)
        for (const inode of folder.names.values()) inode.synced = inode.bytes = survivingBytes(inode, choose)
      }
    },
  }
}

interface Disk {
  folders: Map<string, Folder>
  made: number
  operationsLeft: number
  choose: Choose
}

/** Does it, unless the power is off; what is done in the moment of the cut may have been done or not. */
async function powered<Value>(disk: Disk, work: () => Value): Promise<Value> {
  disk.operationsLeft--
  if (disk.operationsLeft === 0 && disk.choose(2) === 1) work()
  if (disk.operationsLeft <= 0) throw new HostError('store_failed', 'The power was cut.')
  return work()
}

function folderOf(disk: Disk, path: string): Folder | undefined {
  return disk.folders.get(dirname(path))
}

function find(disk: Disk, path: string): Inode | undefined {
  return folderOf(disk, path)?.names.get(basename(path))
}

function nameOperations(
  disk: Disk,
): Pick<FileSystem, 'makeFolder' | 'list' | 'rename' | 'link' | 'remove' | 'syncFolder'> {
  const setName = (path: string, inode: Inode): void => {
    const folder = folderOf(disk, path)
    if (!folder) throw new Error(`no folder for ${path}`)
    folder.names.set(basename(path), inode)
  }
  return {
    makeFolder: (path) =>
      powered(disk, () => {
        // Folders themselves are taken to survive: the real file system syncs those above a new one.
        for (let each = path; each !== dirname(each); each = dirname(each)) {
          if (!disk.folders.has(each)) disk.folders.set(each, { names: new Map(), synced: new Map() })
        }
      }),
    list: (folder) => powered(disk, () => [...(disk.folders.get(folder)?.names.keys() ?? [])]),
    rename: (from, to) =>
      powered(disk, () => {
        const inode = find(disk, from)
        if (!inode) throw new Error(`no file ${from}`)
        folderOf(disk, from)?.names.delete(basename(from))
        setName(to, inode)
      }),
    link: (from, to) =>
      powered(disk, () => {
        const inode = find(disk, from)
        if (!inode) throw new Error(`no file ${from}`)
        if (find(disk, to)) return false
        setName(to, inode)
        return true
      }),
    remove: (path) => powered(disk, () => folderOf(disk, path)?.names.delete(basename(path)) ?? false),
    syncFolder: (path) =>
      powered(disk, () => {
        const folder = disk.folders.get(path)
        if (folder) folder.synced = new Map(folder.names)
      }),
  }
}

function fileOperations(disk: Disk): Pick<FileSystem, 'read' | 'open' | 'create' | 'state' | 'setModifiedAt'> {
  return {
    read: (path) => powered(disk, () => find(disk, path)?.bytes),
    open: (path) =>
      powered(disk, () => {
        const inode = find(disk, path)
        return inode && openFile(disk, inode)
      }),
    create: (path) =>
      powered(disk, () => {
        const folder = folderOf(disk, path)
        if (!folder || find(disk, path)) throw new Error(`cannot create ${path}`)
        const empty = Buffer.alloc(0)
        const inode = { identity: String(++disk.made), bytes: empty, synced: empty, modifiedAt: Date.now() }
        folder.names.set(basename(path), inode)
        return openFile(disk, inode)
      }),
    state: (path) =>
      powered(disk, () => {
        const inode = find(disk, path)
        return inode && toState(inode)
      }),
    setModifiedAt: (path, modifiedAt) =>
      powered(disk, () => {
        const inode = find(disk, path)
        if (inode) inode.modifiedAt = modifiedAt
        return inode !== undefined
      }),
  }
}

function openFile(disk: Disk, inode: Inode): OpenFile {
  const change = (bytes: Buffer): void => {
    inode.bytes = bytes
    inode.modifiedAt = Date.now()
  }
  return {
    state: () => powered(disk, () => toState(inode)),
    read: (position, length) => powered(disk, () => inode.bytes.subarray(position, position + length)),
    append: (bytes) => powered(disk, () => change(Buffer.concat([inode.bytes, bytes]))),
    truncate: (size) => powered(disk, () => change(inode.bytes.subarray(0, size))),
    sync: () =>
      powered(disk, () => {
        inode.synced = inode.bytes
      }),
    // A process that ends closes its files, with the power or without.
    close: () => Promise.resolve(),
  }
}

function toState({ bytes, modifiedAt, identity }: Inode): FileState {
  return { size: bytes.length, modifiedAt, identity }
}

/** Each name that was not synced is as before or as after, whatever became of the others. */
function survivingNames({ names, synced }: Folder, choose: Choose): Map<string, Inode> {
  const survivors = new Map<string, Inode>()
  for (const name of new Set([...names.keys(), ...synced.keys()])) {
    const [after, before] = [names.get(name), synced.get(name)]
    const survivor = after === before || choose(2) === 1 ? after : before
    if (survivor) survivors.set(name, survivor)
  }
  return survivors
}

/** What was written since the last sync is there, lost, cut anywhere, or a size without its content. */
function survivingBytes({ bytes, synced }: Inode, choose: Choose): Buffer {
  if (bytes.equals(synced)) return bytes
  if (!bytes.subarray(0, synced.length).equals(synced)) return choose(2) === 1 ? bytes : synced
  const added = bytes.subarray(synced.length)
  const written = added.subarray(0, choose(added.length + 1))
  const empty = Buffer.alloc(choose(2) === 1 ? choose(added.length - written.length + 1) : 0)
  return Buffer.concat([synced, written, empty])
}
