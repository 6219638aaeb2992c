import { destination, type Logger, pino } from 'pino'
import type { Settings } from './config/options.ts'

/** The process's log, on stderr: one JSON object a line in production, one readable line otherwise. */
export async function createLog({ logLevel, environment }: Settings): Promise<Logger> {
  const options = { level: logLevel, base: null }
  if (environment === 'production' || logLevel === 'silent') return pino(options, destination({ dest: 2, sync: true }))
  // Only people read these lines, so that production need not load what formats them.
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ destination: 2, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss' }))
}
