import type { Opener } from './engine/grammar.ts'
import { readAttribute } from './engine/tag-header.ts'
import { namedBefore } from './engine/tag-names.ts'
import { defineTagDialect, tagOpeners, wrapper } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'
import { toKinds } from './engine/value-kinds.ts'

const sep = '<|sep|>'
const call = '<|open|>call '
const open = (tag: string) => `<|open|>${tag}${sep}`
const close = (tag: string) => `<|close|>${tag}${sep}`

/** A section that holds the answer. */
function response(marker: string): Opener {
  return {
    marker,
    special: true,
    read(turn) {
      turn.startBlock('text')
    },
  }
}

/**
 * XTML: `<|open|>call tool="NAME" index="1"<|sep|><|open|>argument key="KEY" type="string"<|sep|>…<|close|>argument<|sep|>
 * <|close|>call<|sep|>`. Each argument says its own type, whatever the schema says.
 */
export const kimiK3 = defineTagDialect({
  name: 'kimi_k3',
  families: 'Moonshot Kimi K3',
  models: [/kimi-?k3/],
  openers: [
    ...tagOpeners({
      rules: {
        readTag: namedBefore(sep, (header) => readText(header, 'tool')),
        parameter: {
          open: '<|open|>argument',
          end: sep,
          read: (header) => {
            const key = readText(header, 'key')
            const type = readAttribute(header, 'type')
            return key === undefined ? undefined : { key, ...(type !== undefined && { kinds: toKinds(type) }) }
          },
        },
        close: close('argument'),
        end: close('call'),
        after: [call, open('tools'), close('tools')],
        json: { open: open('json type="object"'), close: close('json') + close('call') },
      },
      open: [call],
      special: true,
    }),
    ...wrapper(open('tools'), close('tools'), [call], true),
    ...thinking(open('think'), close('think'), true),
    response(open('response')),
    response(close('response')),
  ],
  write: {
    around: [open('tools'), '', close('tools')],
    call: (name, parameters, index) =>
      `${call}tool="${escape(name)}" index="${index + 1}"${sep}${parameters}${close('call')}`,
    parameter: (key, text, isString) =>
      `${open(`argument key="${escape(key)}" type="${isString ? 'string' : typeOf(text)}"`)}${text}${close('argument')}`,
  },
})

function readText(header: string, name: string): string | undefined {
  return readAttribute(header, name)?.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}

function typeOf(json: string): string {
  if (json.startsWith('{')) return 'object'
  if (json.startsWith('[')) return 'array'
  if (json === 'null') return json
  return json === 'true' || json === 'false' ? 'boolean' : 'number'
}
