import type { AnswerFormat } from './answer-format.ts'

/** Says in words what `response_format` would. */
export function formatLesson(format: AnswerFormat): string {
  const rule = 'Answer with JSON alone: no other text, no comments and no code fence.'
  if (format.type === 'json-object') return `${rule} It must be one JSON object.`
  return `${rule} It must be valid against this JSON Schema:\n${JSON.stringify(format.schema)}`
}
