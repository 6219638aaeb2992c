import { readAttribute } from './tag-header.ts'
import { namedBefore } from './tag-names.ts'
import type { TagRules } from './tag-rules.ts'

/** `<invoke name="NAME"><parameter name="KEY">…</parameter></invoke>`, each tag's name with this `prefix`. */
export function invokeTags(prefix: string): Omit<TagRules, 'after'> {
  return {
    readTag: namedBefore('>', (header) => readAttribute(`name=${header}`, 'name')),
    parameter: {
      open: `<${prefix}parameter`,
      end: '>',
      read: (header) => {
        const key = readAttribute(header, 'name')
        return key === undefined ? undefined : { key }
      },
    },
    close: `</${prefix}parameter>`,
    end: `</${prefix}invoke>`,
  }
}

/** How {@link invokeTags} are written: what opens a call, and a call. */
export function invokeWriting(prefix: string, line: string) {
  return {
    call: (name: string, parameters: string) =>
      `<${prefix}invoke name="${name}">${line}${parameters}</${prefix}invoke>`,
    parameter: (key: string, text: string) => `<${prefix}parameter name="${key}">${text}</${prefix}parameter>${line}`,
  }
}
