import { namedBefore } from './tag-names.ts'
import type { TagRules } from './tag-rules.ts'

const nameOnly = /^[^\s<>="']+$/

/**
 * `<function=NAME><parameter=KEY>…</parameter></function>`. Some models write the arguments as a JSON object between the
 * same tags.
 */
export const functionTags = {
  readTag: namedBefore('>', toName),
  parameter: {
    open: '<parameter=',
    end: '>',
    read: (header) => {
      const key = toName(header)
      return key === undefined ? undefined : { key }
    },
  },
  close: '</parameter>',
  end: '</function>',
  json: { open: '{', close: '</function>' },
} satisfies Omit<TagRules, 'after'>

function toName(header: string): string | undefined {
  const name = header.trim().replace(/^(["'])(.*)\1$/, '$2')
  return nameOnly.test(name) ? name : undefined
}
