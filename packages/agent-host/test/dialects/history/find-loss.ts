import type { Template } from '@huggingface/jinja'
import fc from 'fast-check'
import type { HistoryProfile, ModelMessage } from '../../../src/dialects/index.ts'
import { toModelMessages } from '../../../src/dialects/index.ts'
import { runs } from '../../../../../test/scale.ts'
import { type Conversation, conversations } from './conversations.ts'
import { renderTemplate, type ServerShape } from './render-template.ts'

/**
 * Tries a profile on any conversation and gives the smallest that its template, filled by a server of this shape, does
 * not show whole; undefined where there is none.
 */
export function findLoss(profile: HistoryProfile, template: Template, shape: ServerShape): string | undefined {
  const details = fc.check(
    fc.property(conversations, (talk) => {
      const losses = findLosses(talk, profile, template, shape)
      if (losses.length > 0) throw new Error(losses.join('\n'))
    }),
    { numRuns: runs(2000) },
  )
  return details.failed ? `${String(details.errorInstance)}\n${fc.defaultReportMessage(details) ?? ''}` : undefined
}

/** What a template raises on a conversation written for a profile, or else what it does not show exactly once. */
function findLosses(talk: Conversation, profile: HistoryProfile, template: Template, shape: ServerShape): string[] {
  const sent = toModelMessages(talk.messages, profile)
  let text: string
  try {
    text = renderTemplate(template, sent, shape)
  } catch (error) {
    return [`raised: ${String(error)}`, ...describe(sent)]
  }
  const once = [...talk.words, ...talk.calls, ...talk.results]
  const faults = [
    ...once.map((part) => `${occurrences(text, part)} times: ${part}`).filter((line) => !line.startsWith('1 ')),
    ...talk.names.filter((name) => !text.includes(name)).map((name) => `missing: ${name}`),
  ]
  return faults.length > 0 ? [...faults, text, ...describe(sent)] : []
}

function describe(sent: readonly ModelMessage[]): string[] {
  return sent.map((message) => JSON.stringify(message))
}

/** How often a text is there, as it is or in JSON. */
function occurrences(text: string, part: string): number {
  const inJson = JSON.stringify(part).slice(1, -1)
  return text.split(part).length - 1 + (inJson === part ? 0 : text.split(inJson).length - 1)
}
