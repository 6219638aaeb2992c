import type { Opener } from './grammar.ts'
import { keyValueRules, type KeyValueTags } from './key-value-tags.ts'
import { TagCalls } from './tag-call.ts'

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

/** Hy3 writes it behind the name, in GLM's tags. */
export const nameSeparator = '<tool_sep>'

const calls = new TagCalls({
  ...keyValueRules({ ...glmTags, separator: nameSeparator }, ['</tool_calls>']),
  offeredOnly: true,
})

/** Reads a call in GLM's tags, for all who write them; `auto` then has it but once. */
export const glmOpener: Opener = {
  marker: glmTags.open,
  follows: nameBeginnings,
  read: (turn, recording) => calls.read(turn, recording),
}
