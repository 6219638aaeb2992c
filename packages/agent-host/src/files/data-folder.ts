import { join, resolve } from 'node:path'
import type { Logger } from '../core/logger.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { createProcesses, type Processes } from './process-identity.ts'
import { createWholeFiles, type WholeFiles } from './whole-file.ts'

/** The folder that everything is kept in, and how it is written to. */
export interface DataFolder {
  path: string
  fileSystem: FileSystem
  wholeFiles: WholeFiles
  processes: Processes
  log: Logger
}

export interface DataFolderOptions {
  log: Logger
  /** Default: the real one. */
  fileSystem?: FileSystem
  /** Default: those of this machine. */
  processes?: Processes
}

/** Nothing is made in the folder before something is to be kept. */
export function openDataFolder(folder: string, options: DataFolderOptions): DataFolder {
  const { log, fileSystem = nodeFileSystem, processes = createProcesses() } = options
  const path = resolve(folder)
  return { path, fileSystem, wholeFiles: createWholeFiles(fileSystem, join(path, 'scratch')), processes, log }
}
