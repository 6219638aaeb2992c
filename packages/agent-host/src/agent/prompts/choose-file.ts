import { promptEndpoints, type PromptEndpoint } from './endpoints.ts'

const ending = '.md'
const anyEndpoint = 'default'

/** Those of editors, which begin with a dot, are none. */
export function isPromptFile(name: string): boolean {
  return name.endsWith(ending) && !name.startsWith('.')
}

/** Whether no endpoint would ever be given the file. */
export function isForNobody(file: string): boolean {
  const [scope = ''] = file.split('.', 1)
  return scope !== anyEndpoint && !Object.hasOwn(promptEndpoints, scope)
}

/**
 * The prompt files for an endpoint and a model, of those that are there, the best first: `<endpoint>.<model pattern>.md`,
 * then `<endpoint>.md`, then the same with `default`. Of several patterns the one with the most letters wins.
 */
export function fittingPromptFiles(
  files: readonly string[],
  endpoint: PromptEndpoint | undefined,
  model: string,
): string[] {
  const general = endpoint === undefined || promptEndpoints[endpoint] ? [anyEndpoint] : []
  const scopes = endpoint === undefined ? general : [endpoint, ...general]
  return scopes.flatMap((scope) =>
    files.filter((file) => fits(file, scope, model)).toSorted((a, b) => weight(b) - weight(a)),
  )
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
