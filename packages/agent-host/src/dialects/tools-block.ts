import type { ToolSpec } from '../core/tool.ts'

/** The tools as Qwen's and GLM's own templates list them before they teach the format of a call. */
export function toolsBlock(tools: readonly ToolSpec[]): string {
  return [
    '# Tools',
    '',
    'You may call one or more functions. Their signatures are within <tools></tools> XML tags:',
    '<tools>',
    ...tools.map((tool) => JSON.stringify({ type: 'function', function: tool })),
    '</tools>',
    '',
  ].join('\n')
}
