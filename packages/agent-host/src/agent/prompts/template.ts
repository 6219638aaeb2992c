/** `{{name}}`, with spaces where one likes; a backslash before it keeps it as it is. */
const placeholder = /\\?\{\{\s*([^{}\s]*)\s*\}\}/g

/** Variables of the template that are none of these, each once. */
export function unknownVariables(template: string, known: readonly string[]): string[] {
  const named = [...template.matchAll(placeholder)].filter(([written]) => !written.startsWith('\\'))
  return [...new Set(named.map(([, name = '']) => name))].filter((name) => !known.includes(name))
}

/**
 * Puts values in place of variables, and does nothing else: what stands in a value is never read as a template. A
 * variable that is not there stays as it is written.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(placeholder, (written: string, name: string) => {
    if (written.startsWith('\\')) return written.slice(1)
    return (Object.hasOwn(values, name) ? values[name] : undefined) ?? written
  })
}
