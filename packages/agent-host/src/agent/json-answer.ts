import { createCheck } from '../catalog/check-arguments.ts'
import { HostError } from '../core/errors.ts'
import type { AnswerFormat } from './answer-format.ts'

/** An answer that is to be JSON: its text without what stood around it, or what is wrong with it. */
export type JsonAnswer = { text: string } | { problem: string }

/** How often a model that did not answer with JSON, though it was told to in words, is asked again. */
export const jsonRetries = 1

/** For a model that still did not. */
export function noJson(problem: string): HostError {
  const message = `The model did not answer with the JSON that response_format demands: ${problem}. Ask again, or simplify the schema.`
  return new HostError('model_failed', message, { details: { param: 'response_format' } })
}

/** Judges a text by a format. Only what stands around the JSON is taken away; the JSON itself is never changed. */
export function toJsonAnswer(text: string, format: AnswerFormat): JsonAnswer {
  let problem = 'it is not JSON'
  for (const candidate of candidates(text)) {
    const value = parseJson(candidate)
    if (value === undefined) continue
    const fault = faultOf(value, format)
    if (fault === undefined) return { text: candidate }
    problem = fault
  }
  return { problem }
}

/** The text itself, what a fence in it holds, and what lies between its first and last bracket. */
function* candidates(text: string): Generator<string> {
  yield text
  for (const [, fenced = ''] of text.matchAll(/```(?:json)?\s*\n([^]*?)\n\s*```/gi)) yield fenced.trim()
  for (const [open, close] of ['{}', '[]'] as const) {
    const start = text.indexOf(open ?? '')
    const end = text.lastIndexOf(close ?? '')
    if (start !== -1 && end > start) yield text.slice(start, end + 1)
  }
}

function faultOf(value: unknown, format: AnswerFormat): string | undefined {
  if (format.type === 'json-object') {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? undefined : 'it is JSON, but no object'
  }
  return createCheck(format.schema)(value as Record<string, unknown>)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
