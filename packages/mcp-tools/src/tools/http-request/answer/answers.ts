import { ToolError } from '../../../errors.ts'
import type { GuardedResponse } from '../guarded-client.ts'
import type { RequestInput } from '../schema.ts'
import { createAside } from './aside.ts'
import { readBody } from './read-body.ts'
import { toSaveTarget } from './save-body.ts'
import { type ShapedResponse, shapeResponse } from './shape-response.ts'

/** Turns a response into what the caller asked for. */
export type Shape = (response: GuardedResponse, signal: AbortSignal) => Promise<ShapedResponse>

/** Makes the answers of one tool. */
export interface Answers {
  /**
   * Looks at what `input` asks of the answer before anything is sent. Throws `invalid_arguments` for a `select` that
   * cannot be read, `blocked_file` for a file that cannot be made.
   */
  prepare(input: RequestInput): Promise<Shape>
  /** Ends what works on answers in the background. */
  close(): Promise<void>
}

/** {@link Answers} that may save bodies in `saveFolder`, if there is one. */
export function createAnswers(saveFolder: string | undefined): Answers {
  const aside = createAside()
  return {
    async prepare(input) {
      if (input.select !== undefined) await checkSelect(input.select)
      const saveTarget =
        input.save_as === undefined ? undefined : await toSaveTarget(saveFolder, input.save_as, input.overwrite)
      return async (response, signal) => {
        const body = await readBody(response, input, { aside, saveTarget, signal })
        return shapeResponse(response, body, input)
      }
    },
    close: () => aside.close(),
  }
}

async function checkSelect(select: string): Promise<void> {
  const { findSelectProblem } = await import('./select-json.ts')
  const problem = findSelectProblem(select)
  if (problem === undefined) return
  throw new ToolError('invalid_arguments', `\`select\`: ${problem} Write JMESPath, such as items[*].name.`)
}
