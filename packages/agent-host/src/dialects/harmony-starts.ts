import { CallClosing } from './engine/call-end.ts'
import { readContent } from './engine/content.ts'
import { Grammar, type Opener, type Start } from './engine/grammar.ts'
import type { Input, Reading, Recording } from './engine/input.ts'
import type { Turn } from './engine/turn.ts'
import type { HarmonyMessage } from './harmony-header.ts'
import { harmonyEnds, readBody, readHarmonyMessage } from './harmony-message.ts'

/** What a header may hold before its first token, since the prompt ends inside one. */
const torso = /^(?:assistant)*(?: ?(?:analysis|commentary|final)(?![a-z]))?(?: ?to=[\w.:-]*)?(?: (?:json|code))?/
const torsoWords = ['assistant', 'analysis', 'commentary', 'final', ' to=', 'to=', ' json', ' code', '<|']

/** The turn's first header, begun in the prompt: ` to=functions.NAME<|channel|>…`, `assistant<|channel|>…`. */
export const headlessStart: Start = {
  begins(text, whole) {
    const length = torso.exec(text)?.[0].length ?? 0
    const rest = text.slice(length)
    if (rest.startsWith('<|')) return length > 0
    return !whole && torsoWords.some((word) => word.startsWith(rest)) ? undefined : false
  },
  *read(turn, recording) {
    yield* readHarmonyMessage(turn, recording)
    return true
  },
}

const strippedWords = ['assistantanalysis', 'assistantcommentary', 'assistantfinal', 'assistantcode'] as const
const strippedClosing = new CallClosing({ closers: harmonyEnds, followers: strippedWords, certain: true })
/** A recipient and content type before a call's arguments. */
const strippedHeader = /^(?: ?to=([\w.:-]+))?(?: ?(?:json|code))?(?=\{)/
const strippedHeaderBegun = /^(?: |(?: ?t(?:o(?:=[\w.:-]*)?)?)?(?: (?:[jc]|js|co|jso|cod|json|code)?)?)$/
const longestHeader = 120

/** `analysis` with the next word stuck to it. */
const gluedAnalysis = /^analysis[^\sa-z\p{P}\p{S}]/u

/** Harmony whose special tokens the server dropped: `analysisWe need…assistantfinalIt is four.` */
export const strippedStart: Start = {
  begins(text, whole) {
    if (strippedWords.some((word) => text.startsWith(word)) || gluedAnalysis.test(text)) return true
    if (/^commentary to=[\w.:-]+(?: ?json)?\{/.test(text)) return true
    const unsure = [...strippedWords, 'analysis', 'commentary to='].some((word) => word.startsWith(text))
    return !whole && (unsure || /^commentary to=[\w.:-]+(?: (?:j|js|jso|json)?)?$/.test(text)) ? undefined : false
  },
  *read(turn, recording) {
    const { input } = turn
    if (input.text.startsWith('analysis', input.at)) {
      input.at += 'analysis'.length
      turn.startBlock('reasoning')
    } else if (input.text.startsWith('commentary', input.at)) {
      input.at += 'commentary'.length
      yield* readStrippedMessage(turn, recording)
    }
    recording.stop()
    yield* readContent(turn, stripped)
    return true
  },
}

const stripped = new Grammar({
  openers: [...strippedWords, ...harmonyEnds].map<Opener>((marker) => ({
    marker,
    special: true,
    read: readStrippedMessage,
  })),
})

function* readStrippedMessage(turn: Turn, recording: Recording): Reading {
  const { input } = turn
  const begun = recording.text()
  const header = yield* findStrippedHeader(input)
  input.at += header?.[0].length ?? 0
  yield* readBody(turn, recording, toMessage(begun, header?.[1]), strippedClosing)
}

function toMessage(begun: string, recipient: string | undefined): HarmonyMessage {
  if (recipient !== undefined) return { kind: 'call', name: recipient }
  if (begun.endsWith('code')) return { kind: 'nameless', prose: 'text' }
  return { kind: begun.endsWith('analysis') ? 'reasoning' : 'text' }
}

function* findStrippedHeader(input: Input): Reading<RegExpExecArray | undefined> {
  for (;;) {
    const text = input.text.slice(input.at, input.at + longestHeader)
    const header = strippedHeader.exec(text)
    if (header) return header
    if (input.ended !== undefined || text.length === longestHeader || !strippedHeaderBegun.test(text)) return undefined
    yield
  }
}
