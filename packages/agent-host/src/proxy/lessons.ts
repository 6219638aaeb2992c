import type { AnswerFormat, ToolChoice } from './chat-demand.ts'

/** Says in words what `tool_choice` would, for servers that refuse or ignore it. */
export function choiceLesson(choice: ToolChoice): string {
  const what = typeof choice === 'object' ? `the function ${choice.name}` : 'one of the functions'
  return `You must call ${what} now. Answer with the call alone, without any other text.`
}

/** Says in words what `response_format` would. */
export function formatLesson(format: AnswerFormat): string {
  const rule = 'Answer with JSON alone: no other text, no comments and no code fence.'
  if (format.type === 'json-object') return `${rule} It must be one JSON object.`
  return `${rule} It must be valid against this JSON Schema:\n${JSON.stringify(format.schema)}`
}
