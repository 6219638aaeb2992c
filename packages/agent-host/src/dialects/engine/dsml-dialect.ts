import type { Dialect } from '../dialect.ts'
import { invokeTags, invokeWriting } from './invoke-tags.ts'
import { readAttribute } from './tag-header.ts'
import { defineTagDialect, tagOpeners, wrapper } from './tag-dialect.ts'
import type { TagRules } from './tag-rules.ts'
import { thinking } from './thinking.ts'
import { toKinds } from './value-kinds.ts'

const prefix = '｜DSML｜'
const call = `<${prefix}invoke name=`
const tags = invokeTags(prefix)
const parameter: TagRules['parameter'] = {
  ...tags.parameter,
  read(header) {
    const tag = tags.parameter.read(header)
    const isString = readAttribute(header, 'string')
    if (!tag || isString === undefined) return tag
    return { ...tag, kinds: isString === 'false' ? 'json' : toKinds('string') }
  },
}

/**
 * DeepSeek's DSML: `invoke` in tags of its own, around all calls one of this name. A parameter says itself whether it is
 * a string, whatever the schema says: `string="true"` is the text as it is, `string="false"` is JSON.
 */
export function defineDsmlDialect(
  parts: Pick<Dialect, 'name' | 'aliases' | 'families'> & { models: RegExp[]; outer: string },
): Dialect {
  const open = `<${prefix}${parts.outer}>`
  const close = `</${prefix}${parts.outer}>`
  return defineTagDialect({
    name: parts.name,
    ...(parts.aliases && { aliases: parts.aliases }),
    families: parts.families,
    models: parts.models,
    openers: [
      ...tagOpeners({ rules: { ...tags, parameter, after: [open, close, call] }, open: [call], special: true }),
      ...wrapper(open, close, [call], true),
      ...thinking('<think>', '</think>'),
    ],
    write: {
      call: invokeWriting(prefix, '\n').call,
      parameter: (key, text, isString) =>
        `<${prefix}parameter name="${key}" string="${isString}">${text}</${prefix}parameter>\n`,
      around: [`${open}\n`, '\n', `\n${close}`],
    },
  })
}
