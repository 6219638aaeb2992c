import { z } from 'zod'
import { failureWords, oneLine } from '../advice.ts'
import type { Probe, ProbeResult } from '../finding.ts'
import type { Observation } from '../observation.ts'
import { jsonObjectQuestion, jsonSchemaQuestion } from '../questions.ts'

const instead = 'ask for JSON in the prompt, and check what comes'

/** The schema of the question; the same in zod, as a probe must not trust what it checks. */
const greeting = z.strictObject({ greeting: z.string(), language: z.enum(['English', 'Korean']) })
const object = z.record(z.string(), z.unknown())

/** `response_format` with a schema, where nothing else asks for JSON. */
export const jsonSchema: Probe = {
  name: 'json_schema',
  run: async (subject) => judge(await subject.ask(jsonSchemaQuestion), greeting, 'the answer fits the schema'),
}

/** `response_format: { type: "json_object" }`, where the question asks for no JSON. */
export const jsonObject: Probe = {
  name: 'json_object',
  run: async (subject) => judge(await subject.ask(jsonObjectQuestion), object, 'the answer is a JSON object'),
}

function judge(seen: Observation, schema: z.ZodType, fits: string): ProbeResult {
  const requests = [seen.number]
  if (seen.refusal || seen.failure !== undefined) {
    return { state: 'note', says: failureWords(seen), change: instead, requests }
  }
  if (schema.safeParse(parsed(seen.text)).success) return { state: 'ok', says: fits, requests }
  if (seen.finish === 'length') {
    const change = 'ask again with more tokens, where it matters'
    return { state: 'unknown', says: 'the answer was cut off', change, requests }
  }
  const says = `not kept to: ${JSON.stringify(oneLine(seen.text).slice(0, 60))}`
  return { state: 'note', says, change: instead, requests }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
