import { z } from 'zod'
import { toolActivities } from '../core/tool-activity.ts'

/** A number, or its text as the environment has it; `Number` alone would read a blank text and null as 0. */
export const numeric = z.union([z.number(), z.string().regex(/\S/).transform(Number)])
export const whole = numeric.pipe(z.number().int())
/** Above 0 and at most a day. */
export const seconds = numeric.pipe(z.number().positive().max(86_400))

export const switchedOn = z.union([
  z.boolean(),
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off']))
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
])

/** A comma list, a JSON array of strings as text, or an array. */
export const list = z.union([z.array(z.string()), z.string().transform(splitList)])

/** Values by name: an object, or as text a comma list of `name=value` or a JSON object. */
export function rulesOf<Value extends z.ZodType>(value: Value) {
  const texts = z.string().transform(splitRules)
  return z.union([z.record(z.string().min(1), value), texts.pipe(z.record(z.string().min(1), value))])
}

/** `/` at the end is dropped, as browsers never send it. */
export const origins = list.pipe(z.array(z.url({ protocol: /^https?$/ }).transform((origin) => new URL(origin).origin)))

/** People give the address as their server prints it, with or without the version path. */
export const serverUrl = z.url({ protocol: /^https?$/ }).transform(withVersionPath)

const logLevels = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  fatal: 'fatal',
  silent: 'silent',
} as const

/** As pino names them, from the names that other services have, in any case. */
export const logLevel = z
  .string()
  .toLowerCase()
  .pipe(z.enum(Object.keys(logLevels) as (keyof typeof logLevels)[]))
  .transform((level) => logLevels[level])

/** What `/chat` runs: the agent with its tools, the model alone, or answers from a knowledge store. */
export const chatMode = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['agent', 'llm', 'rag']))
export type ChatMode = z.output<typeof chatMode>

function splitList(text: string, context: z.RefinementCtx): string[] {
  if (!text.trimStart().startsWith('[')) {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  }
  try {
    return z.array(z.string()).parse(JSON.parse(text))
  } catch {
    context.addIssue({ code: 'custom', message: 'not a JSON array of strings' })
    return z.NEVER
  }
}

function splitRules(text: string, context: z.RefinementCtx): Record<string, unknown> {
  if (text.trimStart().startsWith('{')) {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
    } catch {
      context.addIssue({ code: 'custom', message: 'not a JSON object' })
      return z.NEVER
    }
  }
  return Object.fromEntries(
    splitList(text, context).map((rule) => {
      const at = rule.lastIndexOf('=')
      return at === -1 ? [rule, undefined] : [rule.slice(0, at).trim(), rule.slice(at + 1).trim()]
    }),
  )
}

function withVersionPath(text: string, context: z.RefinementCtx): string {
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    context.addIssue({ code: 'custom', message: 'holds a password, which would be shown wherever the address is' })
  }
  const path = url.pathname.replace(/\/+$/, '')
  return url.origin + (/\/v\d+(beta)?$/.test(path) ? path : `${path}/v1`)
}

export const toolActivity = z.string().toLowerCase().pipe(z.enum(toolActivities))
