import { promptEndpoints, type PromptEndpoint } from './endpoints.ts'

const ending = '.md'

/**
 * The prompt file for an endpoint and a model, of those that are there: `<endpoint>.<model pattern>.md`, then
 * `<endpoint>.md`, then the same with `default`. Of several patterns the one with the most letters wins.
 */
export function choosePromptFile(
  files: readonly string[],
  endpoint: PromptEndpoint | undefined,
  model: string,
): string | undefined {
  const scopes = endpoint === undefined || promptEndpoints[endpoint] ? ['default'] : []
  for (const scope of endpoint === undefined ? scopes : [endpoint, ...scopes]) {
    const fitting = files.filter((file) => fits(file, scope, model)).toSorted((a, b) => weight(b) - weight(a))
    if (fitting[0] !== undefined) return fitting[0]
  }
  return undefined
}

function fits(file: string, scope: string, model: string): boolean {
  if (file === scope + ending) return true
  if (!file.startsWith(`${scope}.`) || !file.endsWith(ending)) return false
  const pattern = file.slice(scope.length + 1, -ending.length).toLowerCase()
  const id = model.toLowerCase()
  return [id, id.slice(id.lastIndexOf('/') + 1)].some((name) => matches(name, pattern))
}

/** `*` is any number of characters. */
function matches(name: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  if (others.length === 0) return name === pattern
  const last = others.pop() ?? ''
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const piece of others) {
    const found = name.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}

function weight(file: string): number {
  return file.replaceAll('*', '').length
}
