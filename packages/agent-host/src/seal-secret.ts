import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { inMemory } from './config/store-options.ts'
import type { Settings } from './config/options.ts'
import { readSecretFile } from './files/secret-file.ts'

/**
 * What seals the reasoning and the compactions that clients of the Responses API carry: the setting, else a secret that
 * is made once in the data folder, else one for the life of this process.
 */
export function toSealSecret({ responsesSecret, dataDir }: Pick<Settings, 'responsesSecret' | 'dataDir'>): string {
  if (responsesSecret !== undefined) return responsesSecret
  return dataDir === inMemory ? randomBytes(32).toString('hex') : readSecretFile(join(dataDir, 'responses-secret'))
}
