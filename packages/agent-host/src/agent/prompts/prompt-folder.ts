import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import { isForNobody, isPromptFile } from './choose-file.ts'
import { endpointNames } from './endpoints.ts'
import { unknownVariables } from './template.ts'

/** The templates of a folder as they are now; one that broke since is as it last was good. */
export interface PromptFolder {
  /** Of the files that are there, the text of the first that `choose` gives. */
  read(choose: (files: readonly string[]) => readonly string[]): Promise<string | undefined>
}

/**
 * Reads every template once, so that a mistake is known before a run needs it. Mistakes that come later are logged.
 *
 * @throws HostError `invalid_config` that names each file that cannot be used, and what to do.
 */
export async function openPromptFolder(
  folder: string,
  variables: readonly string[],
  log: Logger,
): Promise<PromptFolder> {
  const good = new Map<string, string>()
  const told = new Map<string, string>()
  let files: readonly string[] = []

  /** What is wrong with the folder, in words; `undefined` where nothing is. */
  async function list(): Promise<string | undefined> {
    return await problemOf(async () => {
      files = await listFiles(folder)
    })
  }

  async function load(file: string): Promise<string | undefined> {
    return await problemOf(async () => {
      good.set(file, await readTemplate(folder, file, variables))
    })
  }

  /** Says each problem once, until it is gone or another. */
  function tell(what: string, problem: string | undefined): void {
    if (problem === undefined) told.delete(what)
    else if (told.get(what) !== problem) {
      told.set(what, problem)
      log.error({ problem }, 'instructions cannot be read anew; those from before count')
    }
  }

  const problems = [await list(), ...(await Promise.all(files.map(load)))].filter((each) => each !== undefined)
  if (problems.length > 0) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n')
    throw new HostError('invalid_config', `Instructions in PROMPTS_DIR that cannot be used:\n${lines}`)
  }
  return {
    async read(choose) {
      tell(folder, await list())
      for (const file of good.keys()) if (!files.includes(file)) good.delete(file)
      for (const file of files.filter(isForNobody)) tell(file, await load(file))
      for (const file of choose(files)) {
        tell(file, await load(file))
        const text = good.get(file)
        if (text !== undefined) return text
      }
      return undefined
    },
  }
}

async function problemOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof HostError) return error.message
    throw error
  }
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isPromptFile).toSorted()
  } catch (error) {
    throw new HostError(
      'invalid_config',
      `The folder ${folder} cannot be read (${codeOf(error)}). Make it, or unset PROMPTS_DIR.`,
    )
  }
}

async function readTemplate(folder: string, file: string, variables: readonly string[]): Promise<string> {
  const path = join(folder, file)
  const fail = (problem: string): HostError => new HostError('invalid_config', `${path} ${problem}`)
  if (isForNobody(file)) {
    const names = ['default', ...endpointNames].join(', ')
    throw fail(`is for no endpoint. Begin its name with one of ${names}, or give it another ending than .md.`)
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fail(`cannot be read (${codeOf(error)}). Let the service read it, or remove it.`)
  })
  const text = toText(bytes)
  if (text === undefined) throw fail('is not UTF-8. Save it as that.')
  const unknown = unknownVariables(text, variables).map((name) => `{{${name}}}`)
  if (unknown.length === 0) return text
  const known = variables.join(', ')
  throw fail(
    `has ${unknown.join(', ')}, which is not there. Known: ${known}; promptVariables in the config file adds others, and \\{{…}} stays as it is.`,
  )
}

/** Editors on Windows begin a file with a byte order mark, which is left out. */
function toText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
