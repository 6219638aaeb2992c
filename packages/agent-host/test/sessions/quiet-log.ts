import type { Logger } from '../../src/core/logger.ts'

/** Says nothing; what it was told is in `said`. */
export function createQuietLog(): Logger & { said: string[] } {
  const said: string[] = []
  const note = (fields: object, message: string): void => {
    said.push(`${message} ${JSON.stringify(fields)}`)
  }
  return { said, debug: note, info: note, warn: note, error: note }
}
