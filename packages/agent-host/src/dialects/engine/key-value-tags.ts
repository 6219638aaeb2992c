import { MarkerSet } from './markers.ts'
import type { TagWriting } from './tag-dialect.ts'
import { namedBehind } from './tag-names.ts'
import type { TagRules } from './tag-rules.ts'

/** The tags of a call whose parameters are a key and a value one after the other. */
export interface KeyValueTags {
  /** Before the tool's name. */
  open: string
  /** After the tool's name, in some families. */
  separator?: string
  key: string
  /** Between a key and its value; there may be white space between its parts. */
  value: readonly [keyEnd: string, valueBegin: string]
  valueEnd: string
  end: string
}

/** `<tool_call>NAME<arg_key>KEY</arg_key><arg_value>…</arg_value></tool_call>`, in these tags. */
export function keyValueRules(tags: KeyValueTags, after: readonly string[]): TagRules {
  const { open, separator, key, value, valueEnd, end } = tags
  const [keyEnd, valueBegin] = value
  const next = [...(separator === undefined ? [] : [separator]), key, end]
  return {
    readTag: namedBehind(new MarkerSet(next), separator),
    parameter: {
      open: key,
      end: valueBegin,
      ...(keyEnd !== '' && { within: keyEnd }),
      read(header) {
        const written = header.trim()
        const name = written.endsWith(keyEnd) ? written.slice(0, written.length - keyEnd.length).trim() : ''
        return name === '' || name.includes('<') ? undefined : { key: name }
      },
    },
    close: valueEnd,
    end,
    after: [open, ...after],
  }
}

/** How such calls are written, with this text between the tags. */
export function keyValueWriting(tags: KeyValueTags, line: string): TagWriting {
  const { open, separator = '', key, value, valueEnd, end } = tags
  return {
    around: ['', line, ''],
    call: (name, parameters) => `${open}${name}${separator}${line}${parameters}${end}`,
    parameter: (name, text) => `${key}${name}${value.join(value[0] === '' ? '' : line)}${text}${valueEnd}${line}`,
  }
}
