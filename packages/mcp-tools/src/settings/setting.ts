import * as z from 'zod/v4'

/** One thing that can be set: all that the reader, `--help` and the documentation need to know of it. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** The environment variable that sets it. */
  readonly env?: string
  /** The key in the config file. */
  readonly key?: string
  /** With its unit. */
  readonly type: string
  /** In words, for what is not simply a value. */
  readonly default: string
  readonly description: string
  /** What it may be; an unset one is read as `undefined`. */
  readonly schema: Schema
  /** A variable's text as the schema takes it; absent: the text itself. */
  readonly fromText?: (text: string) => unknown
  /** Whether file and environment add up; else the environment wins. */
  readonly addsUp?: true
}

type Described = Pick<Setting, 'env' | 'key' | 'description'>

/** A whole number in `unit` from `min` to `max`. */
export function numberSetting(
  described: Described & { unit: string; min: number; max: number; default: number },
): Setting<z.ZodType<number>> {
  const { unit, min, max, default: standard, ...rest } = described
  const expected = `expected a whole number from ${min} to ${max}`
  return {
    ...rest,
    type: unit,
    default: String(standard),
    schema: z.int(expected).min(min, expected).max(max, expected).default(standard),
    fromText: Number,
  }
}

/** A list of texts, in the environment separated by commas or white space; both sources add up. */
export function listSetting(described: Described & { type: string }): Setting<z.ZodType<readonly string[]>> {
  return {
    ...described,
    default: 'none',
    schema: z.array(z.string()).default([]),
    fromText: (text) => text.split(/[\s,]+/).filter((part) => part !== ''),
    addsUp: true,
  }
}

/** Rules in the grammar of `HTTP_ALLOW`. One that nobody can read stops the program at its start, not the first call. */
export function ruleSetting(described: Described): Setting<z.ZodType<readonly string[]>> {
  const list = listSetting({ ...described, type: 'rules' })
  return { ...list, schema: list.schema.superRefine(refuseBadRules) }
}

async function refuseBadRules(rules: readonly string[], context: z.RefinementCtx): Promise<void> {
  if (rules.length === 0) return
  const { parseRules } = await import('../tools/http-request/parse-rules.ts')
  for (const [index, rule] of rules.entries()) {
    try {
      parseRules(rule)
    } catch (error) {
      context.addIssue({
        code: 'custom',
        path: [index],
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

/** A time zone. One that is unknown stops the program at its start, not the first call. */
export function zoneSetting(described: Described): Setting<z.ZodType<string | undefined>> {
  return {
    ...described,
    type: 'time zone',
    default: "the machine's",
    schema: z.string().trim().min(1).superRefine(refuseUnknownZone).optional(),
  }
}

async function refuseUnknownZone(name: string, context: z.RefinementCtx): Promise<void> {
  const { toZone } = await import('../tools/time-now/find-zones.ts')
  try {
    toZone(name, 'timezone')
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error))
  }
}

/** Like `z.strictObject`, but an unknown key is answered with the known ones. */
export function closedObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; known are ${Object.keys(shape).join(', ')}`
        : undefined,
  })
}
