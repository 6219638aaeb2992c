import { readAttribute } from './engine/tag-header.ts'
import { namedBefore } from './engine/tag-names.ts'
import { defineTagDialect, tagOpeners } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

const calls = ['<function name=', '<functionname=']
const close = '</param>'

/**
 * `<function name="NAME"><param name="KEY">…</param></function>`: MiniCPM5, which also writes `<functionname=` and
 * `<paramname=` and forgets a parameter's name. A value that holds the closing tag stands in CDATA.
 */
export const minicpm5 = defineTagDialect({
  name: 'minicpm5',
  families: 'OpenBMB MiniCPM5',
  models: [/minicpm-?5/],
  openers: [
    ...tagOpeners({
      rules: {
        readTag: namedBefore('>', (header) => readAttribute(`name=${header}`, 'name')),
        parameter: {
          open: '<param',
          end: '>',
          read: (header) => {
            const key = readAttribute(header, 'name')
            return key === undefined && header.trim() !== '' ? undefined : { key }
          },
        },
        close,
        end: '</function>',
        after: calls,
        cdata: true,
      },
      open: calls,
    }),
    ...thinking('<think>', '</think>'),
  ],
  write: {
    call: (name, parameters) => `<function name="${name}">${parameters}</function>`,
    parameter: (key, text) => {
      const value = /^\s*<!|<\/?(?:param|function)/.test(text) ? `<![CDATA[${text}]]>` : text
      return `<param name="${key}">${value}${close}`
    },
  },
})
