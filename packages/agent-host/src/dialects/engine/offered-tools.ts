import type { ToolSpec } from '../../core/tool.ts'
import { onlyString } from './only-string.ts'
import { fitsSchema } from './schema-fit.ts'
import { ValueSchema } from './value-kinds.ts'

/** The tools of the request, as a parser asks after them. */
export class OfferedTools {
  readonly #tools: ReadonlyMap<string, ToolSpec> | undefined

  /** `undefined` takes any name; an empty list takes none. */
  constructor(tools: readonly ToolSpec[] | undefined) {
    this.#tools = tools && new Map(tools.map((tool) => [tool.name, tool]))
  }

  /** Whether exactly this name is known to be offered. */
  isOffered(name: string): boolean {
    return this.#tools?.has(name) ?? false
  }

  /** The offered name that the model meant: as written, or without the dressing that models put around names. */
  resolve(written: string): string | undefined {
    const name = written.trim()
    if (!this.#tools) return undress(name) || undefined
    if (this.#tools.has(name)) return name
    const bare = undress(name)
    if (this.#tools.has(bare)) return bare
    // gpt-oss glues the content type to the name, `shelljson`; Llama calls a method of built-in tools, `search.call`.
    const unglued = bare.replace(/(?:json|code|\.call)$/, '')
    return this.#tools.has(unglued) ? unglued : undefined
  }

  /** The schema of a tool's arguments; one that says nothing where the tool is not known. */
  schemaOf(name: string): ValueSchema {
    const parameters = this.#tools?.get(name)?.parameters ?? {}
    return new ValueSchema(parameters, parameters)
  }

  /** The only tool whose schema these arguments fit; undefined where none or several do. */
  onlyMatch(json: string): string | undefined {
    const value: unknown = JSON.parse(json)
    const fitting = [...(this.#tools?.values() ?? [])].filter((tool) => fitsSchema(value, tool.parameters))
    return fitting.length === 1 ? fitting[0]?.name : undefined
  }

  /** The one parameter that this tool needs, if it is a string. */
  onlyString(name: string): string | undefined {
    const tool = this.#tools?.get(name)
    return tool && onlyString(tool.parameters)
  }

  /** What to tell the model that called `name`. */
  describeMissing(name: string): string {
    const names = [...(this.#tools?.keys() ?? [])]
    const offer = names.length === 0 ? 'No tools are offered here.' : `The tools are: ${names.join(', ')}.`
    return `There is no tool named ${JSON.stringify(name)}. ${offer}`
  }
}

function undress(name: string): string {
  const special = name.indexOf('<|')
  const clean = special === -1 ? name : name.slice(0, special)
  return clean.replace(/^functions\./, '').trim()
}
