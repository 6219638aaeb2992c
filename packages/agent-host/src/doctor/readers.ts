import { createId } from '../core/ids.ts'
import { detectDialect, dialects } from '../dialects/registry.ts'
import { tools } from './questions.ts'

/** The names of the dialects that read a call to one of our tools in a text, the model's own first. */
export function readersOf(text: string, model: string): string[] {
  const own = detectDialect(model)
  const others = dialects.filter((dialect) => dialect !== own)
  return [...(own ? [own] : []), ...others]
    .filter(({ createParser }) => {
      const parser = createParser({ tools, newId: () => createId('call') })
      return [...parser.push(text), ...parser.end('stop')].some(({ type }) => type === 'tool-call')
    })
    .map(({ name }) => name)
}
