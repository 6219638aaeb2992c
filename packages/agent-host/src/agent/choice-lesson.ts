import type { ToolChoice } from '../core/tool.ts'

/** Says in words what `tool_choice` would, for servers that refuse or ignore it. */
export function choiceLesson(choice: ToolChoice): string {
  const what = typeof choice === 'object' ? `the function ${choice.name}` : 'one of the functions'
  return `You must call ${what} now. Answer with the call alone, without any other text.`
}
