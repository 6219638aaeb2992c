import { timeNow } from './time-now/time-now.ts'
import type { Tool } from './tool.ts'

/** Every tool, in the order clients list them. */
export function createTools(): readonly Tool[] {
  return [timeNow]
}
