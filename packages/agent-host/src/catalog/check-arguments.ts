import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv'
import type { JsonSchema } from '../core/tool.ts'

/** What is wrong with these arguments; `undefined` where nothing is. */
export type Check = (args: Record<string, unknown>) => string | undefined

const shared = new AjvJsonSchemaValidator()

/**
 * Checks arguments by a tool's schema: draft 2020-12, 2019-09, 07 or 06, and nothing is fetched. A schema that cannot
 * be compiled finds no fault, as the tool's server judges its arguments itself.
 */
export function createCheck(schema: JsonSchema): Check {
  let validate: ReturnType<typeof compile> | undefined
  return (args) => {
    // Compiled on the first call, as most tools of a large catalog are never called.
    validate ??= compile(schema)
    const result = validate(args)
    return result.valid ? undefined : `${result.errorMessage}${strangers(schema, args)}`
  }
}

function compile(schema: JsonSchema): ReturnType<typeof shared.getValidator> {
  // A validator remembers schemas by `$id`, which two servers may use for different ones.
  const validator = '$id' in schema ? new AjvJsonSchemaValidator() : shared
  try {
    return validator.getValidator(schema)
  } catch {
    return (data) => ({ valid: true, data, errorMessage: undefined })
  }
}

/** The names that the validator leaves out of "must NOT have additional properties". */
function strangers({ properties, additionalProperties, patternProperties }: JsonSchema, args: object): string {
  if (additionalProperties !== false || patternProperties !== undefined) return ''
  const names = Object.keys(args).filter((name) => !Object.hasOwn(properties ?? {}, name))
  return names.length === 0 ? '' : ` (there is no ${names.map((name) => JSON.stringify(name)).join(', ')})`
}
