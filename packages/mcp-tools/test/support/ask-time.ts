import { ToolError } from '../../src/errors.ts'
import type { TimeOutput } from '../../src/tools/time-now/schema.ts'
import { createTimeNow, type TimeNowOptions } from '../../src/tools/time-now/time-now.ts'

const call = { signal: new AbortController().signal }

/** Calls the tool as a client would, and gives back what is for programs. */
export async function askTime(args: unknown = {}, options: TimeNowOptions = {}): Promise<TimeOutput> {
  const { structured } = await createTimeNow(options).run(args, call)
  return structured as TimeOutput
}

/** What a model reads of the answer. */
export async function readTime(args: unknown = {}): Promise<string> {
  const { content } = await createTimeNow().run(args, call)
  const [block] = content
  return block?.type === 'text' ? block.text : ''
}

/** What a call fails with, or undefined; anything thrown that is no `ToolError` fails the test. */
export async function failureOf(args: unknown): Promise<ToolError | undefined> {
  try {
    await askTime(args)
    return undefined
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
}
