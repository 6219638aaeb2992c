import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { HostError } from './core/errors.ts'
import type { Dialect } from './dialects/dialect.ts'
import { registerDialect } from './dialects/registry.ts'

const shape = z.looseObject({
  name: z.string().min(1),
  families: z.string(),
  detects: z.function(),
  createParser: z.function(),
  write: z.function(),
})

/**
 * Registers dialects from module files, each with a dialect as its default export. TypeScript runs as it is.
 *
 * @throws HostError `invalid_config` naming the file and what is wrong with it.
 */
export async function loadDialects(files: readonly string[]): Promise<void> {
  for (const file of files) registerDialect(await loadDialect(file))
}

async function loadDialect(file: string): Promise<Dialect> {
  const loaded: unknown = await import(pathToFileURL(resolve(file)).href).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HostError('invalid_config', `The dialect ${file} cannot be loaded: ${reason}`, { cause: error })
  })
  const { default: dialect } = loaded as { default?: unknown }
  const parsed = shape.safeParse(dialect)
  if (parsed.success) return dialect as Dialect
  const problem = z.prettifyError(parsed.error)
  throw new HostError('invalid_config', `The default export of ${file} is not a dialect:\n${problem}`)
}
