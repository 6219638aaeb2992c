import { z } from 'zod'

/** Variables that every prompt template has. */
export const builtInVariables = ['date', 'time', 'timezone', 'tools', 'model', 'session_id'] as const

const variables = z
  .record(z.string().regex(/^[A-Za-z]\w{0,63}$/), z.string())
  .refine((own) => builtInVariables.every((name) => !Object.hasOwn(own, name)))

/** Texts by name, or their JSON as the environment has it. */
export const promptVariables = z.union([variables, z.string().transform(fromJson).pipe(variables)])

function fromJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' })
    return z.NEVER
  }
}
