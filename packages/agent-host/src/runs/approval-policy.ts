import type { CatalogTool } from '../catalog/catalog.ts'
import { createToolLookup, type ToolRules } from './tool-rules.ts'

/** Whether a tool runs unasked, a person is asked first, or it is refused. */
export type ApprovalMode = 'always' | 'ask' | 'never'

export type ApprovalPolicy = (tool: CatalogTool) => ApprovalMode

/** A tool that no rule names runs unasked. */
export function toApprovalPolicy(rules: ToolRules<ApprovalMode>): ApprovalPolicy {
  const find = createToolLookup(rules)
  return (tool) => find(tool) ?? 'always'
}
