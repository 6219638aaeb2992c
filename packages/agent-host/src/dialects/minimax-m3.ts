import type { ToolCall } from '../core/tool.ts'
import { bareJson } from './bare-json.ts'
import { CallDraft } from './engine/call-draft.ts'
import { CallClosing } from './engine/call-end.ts'
import { defineDialect } from './engine/define-dialect.ts'
import type { Reading, Recording } from './engine/input.ts'
import { readMembers, readStringValue } from './engine/json-members.ts'
import { NestedTags } from './engine/nested-tags.ts'
import { readAttribute } from './engine/tag-header.ts'
import { namedBefore } from './engine/tag-names.ts'
import { thinking } from './engine/thinking.ts'
import type { Turn } from './engine/turn.ts'
import { modelPattern } from './model-pattern.ts'

/** Stands before every tag. */
const token = ']<]minimax[>['
const invoke = '<invoke name='
const end = `${token}</invoke>`
const outer = ['<tool_call>', '</tool_call>']
const tagName = /^[a-zA-Z_][\w.-]*$/
const readTag = namedBefore('>', (header) => readAttribute(`name=${header}`, 'name'))
const closing = new CallClosing({ closers: [end], followers: [`${token}${outer[1]}`], certain: true })

/**
 * `<invoke name="NAME"><KEY>…</KEY></invoke>` with a token before every tag: MiniMax-M3. An object's members are tags in
 * its tag.
 */
export const minimaxM3 = defineDialect({
  name: 'minimax_m3',
  aliases: ['minimax-m3'],
  families: 'MiniMax-M3',
  detects: modelPattern(/minimax-?m3/),
  grammar: {
    openers: [
      {
        marker: token,
        special: true,
        follows: outer,
        read(turn) {
          const { input } = turn
          input.at += outer.find((tag) => input.text.startsWith(tag, input.at))?.length ?? 0
          turn.startBlock(turn.mode)
        },
      },
      { marker: token, special: true, follows: [invoke], read: readCall },
      ...thinking('<think>', '</think>'),
    ],
    starts: [bareJson],
  },
  write: (calls) => `${token}<tool_call>\n${calls.map(writeCall).join('')}${token}</tool_call>`,
})

function* readCall(turn: Turn, recording: Recording): Reading {
  const { input } = turn
  input.at += invoke.length
  const tag = yield* readTag(turn)
  if (tag.kind === 'prose') return turn.writeProse(recording.text())
  const call = new CallDraft(turn, recording)
  if (tag.kind === 'cut') {
    input.at = input.text.length
    return call.fail('The text stopped before the call was complete.')
  }
  call.setName(tag.name)
  const problem = yield* new NestedTags(turn, call, token).readObject('invoke', turn.tools.schemaOf(call.name ?? ''))
  if (problem === undefined) return call.finish()
  yield* closing.skip(turn)
  call.fail(problem)
}

function writeCall({ name, arguments: json }: ToolCall): string {
  return `${token}${invoke}"${name}">${writeMembers(json)}${end}\n`
}

function writeMembers(json: string): string {
  return readMembers(json)
    .map(({ key, json: value }) => `${token}<${key}>${writeValue(value)}${token}</${key}>`)
    .join('')
}

/** A string as it is, an object as tags where its keys can be their names, all else as JSON without the token in it. */
function writeValue(json: string): string {
  const text = readStringValue(json)
  if (text !== undefined) return text
  return canBeTags(json) ? writeMembers(json) : json.replaceAll('<', '\\u003c')
}

function canBeTags(json: string): boolean {
  const members = json.startsWith('{') ? readMembers(json) : []
  return (
    members.length > 0 &&
    members.every(({ key, json: value }) => tagName.test(key) && readStringValue(value)?.includes(token) !== true)
  )
}
