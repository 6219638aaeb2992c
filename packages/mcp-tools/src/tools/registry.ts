import { createHttpRequest } from './http-request/http-request.ts'
import type { HttpRequestOptions } from './http-request/run.ts'
import { createTimeNow, type TimeNowOptions } from './time-now/time-now.ts'
import type { Tool } from './tool.ts'

/** What the tools need to know from the operator. */
export interface ToolOptions {
  readonly http?: HttpRequestOptions
  readonly time?: TimeNowOptions
}

/** Every tool, in the order clients list them. */
export function createTools(options: ToolOptions = {}): readonly Tool[] {
  return [createHttpRequest(options.http ?? {}), createTimeNow(options.time)]
}
