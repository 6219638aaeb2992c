import type { CatalogTool } from '../catalog/catalog.ts'

/** Whether a tool runs unasked, a person is asked first, or it is refused. */
export type ApprovalMode = 'always' | 'ask' | 'never'

/** By name of a tool: as models call it, `server__tool`, or either with `*` for any characters. */
export type ApprovalRules = Readonly<Record<string, ApprovalMode>>

export type ApprovalPolicy = (tool: CatalogTool) => ApprovalMode

/** The rule with the longest name that fits decides; a tool that none names runs unasked. */
export function toApprovalPolicy(rules: ApprovalRules): ApprovalPolicy {
  const byLength = Object.entries(rules)
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([name, mode]) => ({ pattern: toPattern(name), mode }))
  return ({ name, server, remoteName }) => {
    const names = [name, `${server}__${remoteName}`]
    return byLength.find(({ pattern }) => names.some((each) => pattern.test(each)))?.mode ?? 'always'
  }
}

function toPattern(name: string): RegExp {
  const escaped = name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}
