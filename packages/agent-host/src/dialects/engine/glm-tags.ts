import type { KeyValueTags } from './key-value-tags.ts'

/** GLM's tags. */
export const glmTags: KeyValueTags = {
  open: '<tool_call>',
  key: '<arg_key>',
  value: ['</arg_key>', '<arg_value>'],
  valueEnd: '</arg_value>',
  end: '</tool_call>',
}

/** What a tool's name begins with; tells a call from JSON and from other tags behind the same marker. */
export const nameBeginnings: readonly string[] = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')
