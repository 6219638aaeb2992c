import { ToolError, type ToolErrorCode } from '../../src/errors.ts'
import type { GuardedClientOptions } from '../../src/tools/http-request/guarded-client.ts'
import { createHttpRequest } from '../../src/tools/http-request/http-request.ts'
import type { ResponseOutput } from '../../src/tools/http-request/schema.ts'

/** What came of a call: an answer, or the code and message of its failure. */
export type Outcome =
  | { readonly answer: ResponseOutput; readonly text: string; readonly code?: undefined }
  | { readonly code: ToolErrorCode; readonly message: string; readonly answer?: undefined }

/** Calls the tool as a client would; anything thrown that is no `ToolError` fails the test. */
export async function callHttpRequest(
  options: GuardedClientOptions,
  args: Readonly<Record<string, unknown>>,
  signal = new AbortController().signal,
): Promise<Outcome> {
  const tool = createHttpRequest(options)
  try {
    const { structured, content } = await tool.run(args, { signal })
    const [block] = content
    return { answer: structured as ResponseOutput, text: block?.type === 'text' ? block.text : '' }
  } catch (error) {
    if (error instanceof ToolError) return { code: error.code, message: error.message }
    throw error
  } finally {
    await tool.close?.()
  }
}
