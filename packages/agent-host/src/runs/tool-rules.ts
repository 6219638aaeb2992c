import type { CatalogTool } from '../catalog/catalog.ts'

/** Values by name of a tool: as models call it, `server__tool`, or either with `*` for any characters. */
export type ToolRules<Value> = Readonly<Record<string, Value>>

/** Looks up what the rule with the longest name that fits says of a tool; `undefined` where none fits. */
export function createToolLookup<Value>(
  rules: ToolRules<Value>,
): (tool: Pick<CatalogTool, 'name' | 'server' | 'remoteName'>) => Value | undefined {
  const byLength = Object.entries(rules)
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([name, value]) => ({ pattern: toPattern(name), value }))
  return ({ name, server, remoteName }) => {
    const names = [name, `${server}__${remoteName}`]
    return byLength.find(({ pattern }) => names.some((each) => pattern.test(each)))?.value
  }
}

function toPattern(name: string): RegExp {
  const escaped = name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}
