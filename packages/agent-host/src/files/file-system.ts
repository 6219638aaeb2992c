/** A file that only grows at its end, but for a torn tail that is cut off. */
export interface OpenFile {
  state(): Promise<FileState>
  /** Up to `length` bytes from `position` on; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>
  /** In one write where the system lets us. */
  append(bytes: Buffer): Promise<void>
  truncate(size: number): Promise<void>
  /** Resolves once what was written survives a power cut. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface FileState {
  size: number
  /** Milliseconds since 1970. */
  modifiedAt: number
  /** The same for one file as long as it exists, and for no other. */
  identity: string
}

/**
 * What the stores need of a file system, small enough for a double that forgets what was not synced. Files are made
 * for their owner alone. Whatever fails, other than in the ways named here, throws HostError `store_failed`.
 */
export interface FileSystem {
  /** With all above it. */
  makeFolder(path: string): Promise<void>
  /** Names, in any order; none where there is no such folder. */
  list(folder: string): Promise<string[]>
  /** `undefined` where there is no such file. */
  read(path: string): Promise<Buffer | undefined>
  /** `undefined` where there is no such file. */
  open(path: string): Promise<OpenFile | undefined>
  /** A file that is not there yet. */
  create(path: string): Promise<OpenFile>
  /** `undefined` where there is no such file. */
  state(path: string): Promise<FileState | undefined>
  /** `false` where there is no such file. */
  setModifiedAt(path: string, modifiedAt: number): Promise<boolean>
  /** Replaces what is at `to`. */
  rename(from: string, to: string): Promise<void>
  /** A second name for the file, which appears with all of its content; `false` where `to` exists. */
  link(from: string, to: string): Promise<boolean>
  /** `false` where there is no such file. */
  remove(path: string): Promise<boolean>
  /** Resolves once the names in the folder survive a power cut. */
  syncFolder(path: string): Promise<void>
}
