import { HostError } from '../../core/errors.ts'

/** `{{name}}`, with spaces where one likes; a backslash before it keeps it as it is. */
const placeholder = /\\?\{\{\s*([^{}\s]*)\s*\}\}/g

/**
 * Puts values in place of variables, and does nothing else: what stands in a value is never read as a template.
 *
 * @throws HostError `invalid_config` for a variable that is not there, by the name of its file.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>, file: string): string {
  return template.replaceAll(placeholder, (written: string, name: string) => {
    if (written.startsWith('\\')) return written.slice(1)
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined) return value
    const known = Object.keys(values).join(', ')
    const message = `The prompt file ${file} has the variable {{${name}}}, which is not there. Known: ${known}; promptVariables in the config file adds others.`
    throw new HostError('invalid_config', message)
  })
}
