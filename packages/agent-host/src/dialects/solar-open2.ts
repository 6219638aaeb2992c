import { nameBeginnings } from './engine/glm-tags.ts'
import { keyValueRules, keyValueWriting, type KeyValueTags } from './engine/key-value-tags.ts'
import { defineTagDialect, tagOpeners } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

const tags: KeyValueTags = {
  open: '<|tool_call:start|>',
  key: '<|tool_arg:start|>',
  value: ['', '<|tool_arg:value|>'],
  valueEnd: '<|tool_arg:end|>',
  end: '<|tool_call:end|>',
}

/** `<|tool_call:start|>NAME` and `<|tool_arg:start|>KEY<|tool_arg:value|>…<|tool_arg:end|>`: Upstage's Solar Open 2. */
export const solarOpen2 = defineTagDialect({
  name: 'solar_open2',
  families: 'Upstage Solar Open 2',
  models: [/solar-?open-?2/],
  openers: [
    ...tagOpeners({ rules: keyValueRules(tags, []), open: [tags.open], follows: nameBeginnings, special: true }),
    ...thinking('<think>', '</think>'),
  ],
  write: keyValueWriting(tags, '\n'),
})
