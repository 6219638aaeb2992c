import { functionTags } from './engine/function-tags.ts'
import { defineTagDialect, tagOpeners } from './engine/tag-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

const open = '<seed:tool_call>'
const close = '</seed:tool_call>'
const call = '<function='
const rules = { ...functionTags, after: [open, close, call] }

/** `<seed:tool_call><function=NAME><parameter=KEY>…</parameter></function></seed:tool_call>`: ByteDance's Seed-OSS. */
export const seedOss = defineTagDialect({
  name: 'seed_oss',
  families: 'ByteDance Seed-OSS',
  models: [/seed-?oss/],
  openers: [
    ...tagOpeners({ rules, open: [open], second: call, special: true }),
    ...tagOpeners({ rules, open: [call] }),
    ...framing(close),
    ...thinking('<seed:think>', '</seed:think>', true),
  ],
  write: {
    call: (name, parameters) => `${open}\n<function=${name}>\n${parameters}</function>\n${close}`,
    parameter: (key, text) => `<parameter=${key}>${text}</parameter>\n`,
  },
})
