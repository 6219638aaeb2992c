import type { Part, ToolResultPart } from '../../core/message.ts'
import { joinTexts, mediaOf } from './content-parts.ts'

/** What stands for a result that never came: servers refuse calls without results, and the model should know. */
const noResult: readonly Part[] = [{ type: 'text', text: 'No result: this call was not answered.' }]

/** What a model is shown of a result. A failure says so in words, since no message of the wire has a field for it. */
export function resultParts(result: ToolResultPart | undefined): readonly Part[] {
  if (!result) return noResult
  const text = joinTexts(result.parts)
  if (!result.isError || /^\W*error\b/i.test(text)) return result.parts
  return [{ type: 'text', text: `Error: ${text || 'the tool gave no reason.'}` }, ...mediaOf(result.parts)]
}
