import { defineDialect } from './engine/define-dialect.ts'
import { glmOpener, glmTags, nameSeparator } from './engine/glm-tags.ts'
import type { Opener } from './engine/grammar.ts'
import type { Reading } from './engine/input.ts'
import { keyValueRules, keyValueWriting, type KeyValueTags } from './engine/key-value-tags.ts'
import { TagCalls } from './engine/tag-call.ts'
import { wrapper, writeTagCalls } from './engine/tag-dialect.ts'
import { peekHeader } from './engine/tag-header.ts'
import { thinking } from './engine/thinking.ts'
import type { Turn } from './engine/turn.ts'
import { bareJson } from './bare-json.ts'
import { modelPattern } from './model-pattern.ts'

const suffixOnly = /^[\w-]{1,40}$/

/** The tags, each with this suffix: the published tokenizer has `<tool_call:opensource>` for `<tool_call>`. */
function tagsWith(suffix: string): KeyValueTags {
  const tag = (plain: string) => plain.replace('>', `${suffix}>`)
  return {
    open: tag(glmTags.open),
    separator: tag(nameSeparator),
    key: tag(glmTags.key),
    value: [tag(glmTags.value[0]), tag(glmTags.value[1])],
    valueEnd: tag(glmTags.valueEnd),
    end: tag(glmTags.end),
  }
}

function callsWith(suffix: string): TagCalls {
  const rules = keyValueRules(tagsWith(suffix), [`</tool_calls${suffix}>`])
  return new TagCalls({ ...rules, offeredOnly: true })
}

/** The opener of the same tag with any suffix. */
function suffixed(opener: Opener): Opener {
  const { follows: _, ...rest } = opener
  return {
    ...rest,
    marker: opener.marker.replace('>', ':'),
    *read(turn, recording) {
      const suffix = yield* readSuffix(turn)
      if (suffix === undefined) return turn.writeProse(recording.text())
      if (opener === glmOpener) yield* callsWith(`:${suffix}`).read(turn, recording)
      else yield* opener.read(turn, recording) ?? []
    },
  }
}

function* readSuffix({ input }: Turn): Reading<string | undefined> {
  const suffix = yield* peekHeader(input, 0, '>')
  if (suffix === undefined || !suffixOnly.test(suffix)) return undefined
  input.at += suffix.length + 1
  return suffix
}

const openers: readonly Opener[] = [
  glmOpener,
  ...wrapper('<tool_calls>', '</tool_calls>', ['<tool_call']),
  ...thinking('<think>', '</think>'),
]

/** `<tool_calls>` around `<tool_call>NAME<tool_sep>` and GLM's keys and values: Tencent's Hy3. */
export const hyV3 = defineDialect({
  name: 'hy_v3',
  aliases: ['hunyuan'],
  families: 'Tencent Hy3',
  detects: modelPattern(/(?:^|[/-])hy-?3/),
  grammar: { openers: [...openers, ...openers.map((opener) => suffixed(opener))], starts: [bareJson] },
  write: (calls) =>
    writeTagCalls(calls, {
      ...keyValueWriting(tagsWith(''), '\n'),
      around: ['<tool_calls>\n', '\n', '\n</tool_calls>'],
    }),
})
