import { join } from 'node:path'
import { z } from 'zod'
import type { FileSystem } from './file-system.ts'
import { parseJsonFile } from './parse-json-file.ts'
import type { Processes } from './process-identity.ts'
import type { WholeFiles } from './whole-file.ts'

/**
 * Claims that processes on one machine share. The claim with token 7 on `a` is the file `a.7`; whoever wants it next has
 * to be the one that makes `a.8`, so that two can never have it. The file's time of change is when the claim expires,
 * which lets one call of the system renew it. A claim is live until then, unless its process is dead.
 */
export interface ClaimFiles {
  /** The live claim on the name. */
  holder(name: string): Promise<Holder | undefined>
  /**
   * Claims where nobody does, with a token above all former files' and above `above`; a holder where somebody does.
   * A token that was used and released may be given again: keep the last one elsewhere and compare after this.
   */
  take(name: string, owner: string, options: { ttlMs: number; above: number }): Promise<Taken | Holder>
  /** `false` where it has expired or was taken over. */
  renew(name: string, token: number, ttlMs: number): Promise<number | undefined>
  /** Whether nobody has taken over so far. An expired claim may still be current. */
  isCurrent(name: string, token: number): Promise<boolean>
  release(name: string, token: number): Promise<void>
  /** Of every claim that was not released, live or not. */
  names(): Promise<string[]>
  /** The last claim on every name that has one. */
  all(): Promise<{ name: string; token: number; live: boolean }[]>
}

export interface Taken {
  taken: true
  token: number
  /** Milliseconds since 1970. */
  expiresAt: number
}

export interface Holder {
  taken: false
  owner: string
  token: number
  /** Milliseconds since 1970. */
  expiresAt: number
}

interface ClaimFilesOptions {
  fileSystem: FileSystem
  wholeFiles: WholeFiles
  processes: Processes
  folder: string
}

const content = z.object({
  owner: z.string(),
  process: z.object({ where: z.string(), pid: z.number().int().positive(), start: z.string() }),
})

export function createClaimFiles(options: ClaimFilesOptions): ClaimFiles {
  const { fileSystem, folder } = options
  const pathOf = (name: string, token: number): string => join(folder, `${name}.${token}`)
  const isCurrent = async (name: string, token: number): Promise<boolean> => {
    // In this order: whoever takes over makes the next file before it removes this one.
    if (await fileSystem.state(pathOf(name, token + 1))) return false
    return (await fileSystem.state(pathOf(name, token))) !== undefined
  }
  return {
    isCurrent,
    async holder(name) {
      const token = (await tokensOf(options, name)).at(-1)
      return token === undefined ? undefined : await liveHolder(options, pathOf(name, token), token)
    },
    take: createTake(options, pathOf),
    async renew(name, token, ttlMs) {
      const expiresAt = Date.now() + ttlMs
      const there = await fileSystem.setModifiedAt(pathOf(name, token), expiresAt)
      return there && (await isCurrent(name, token)) ? expiresAt : undefined
    },
    async release(name, token) {
      await fileSystem.remove(pathOf(name, token))
    },
    async names() {
      return (await fileSystem.list(folder)).map((file) => fromFile(file).name)
    },
    async all() {
      const last = new Map<string, number>()
      for (const file of await fileSystem.list(folder)) {
        const { name, token } = fromFile(file)
        last.set(name, Math.max(last.get(name) ?? 0, token))
      }
      return await Promise.all(
        [...last].map(async ([name, token]) => {
          const holder = await liveHolder(options, pathOf(name, token), token)
          return { name, token, live: holder !== undefined }
        }),
      )
    },
  }
}

function createTake(options: ClaimFilesOptions, pathOf: (name: string, token: number) => string): ClaimFiles['take'] {
  const { fileSystem, wholeFiles, processes, folder } = options
  let ready: Promise<void> | undefined
  return async (name, owner, { ttlMs, above }) => {
    await (ready ??= fileSystem.makeFolder(folder))
    while (true) {
      const former = await tokensOf(options, name)
      const last = former.at(-1) ?? 0
      const holder = await liveHolder(options, pathOf(name, last), last)
      if (holder) return holder
      const token = Math.max(last, above) + 1
      const expiresAt = Date.now() + ttlMs
      const text = JSON.stringify({ owner, process: processes.self })
      const added = await wholeFiles.add(pathOf(name, token), text, { modifiedAt: expiresAt, durable: false })
      if (!added) continue
      // The last one may have been renewed after we looked; then it looks after ours, and one of us gives way.
      const renewed = await liveHolder(options, pathOf(name, last), last)
      if (renewed) {
        await fileSystem.remove(pathOf(name, token))
        return renewed
      }
      for (const old of former) await fileSystem.remove(pathOf(name, old))
      return { taken: true, token, expiresAt }
    }
  }
}

/** Of the files of the name, the lowest first. */
async function tokensOf({ fileSystem, folder }: ClaimFilesOptions, name: string): Promise<number[]> {
  const files = (await fileSystem.list(folder)).map(fromFile)
  return files
    .filter((each) => each.name === name)
    .map(({ token }) => token)
    .toSorted((a, b) => a - b)
}

function fromFile(file: string): { name: string; token: number } {
  const dot = file.lastIndexOf('.')
  return { name: file.slice(0, dot), token: Number(file.slice(dot + 1)) }
}

async function liveHolder(
  { fileSystem, processes }: ClaimFilesOptions,
  path: string,
  token: number,
): Promise<Holder | undefined> {
  // Most names are claimed for the first time: there is no file.
  if (token === 0) return undefined
  const [state, bytes] = await Promise.all([fileSystem.state(path), fileSystem.read(path)])
  if (!state || !bytes || state.modifiedAt <= Date.now()) return undefined
  const read = parseJsonFile(bytes, content)
  // Only a power cut leaves a claim without its content, and no process with it.
  if (!read || !processes.isAlive(read.process)) return undefined
  return { taken: false, owner: read.owner, token, expiresAt: state.modifiedAt }
}
