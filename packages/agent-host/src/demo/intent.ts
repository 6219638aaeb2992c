import type { Conversation } from './conversation.ts'
import { findTimeZones } from './time-zones.ts'

/** A call that a model would make for the question. */
export interface IntendedCall {
  /** The tool by its own name, without the server's name in front. */
  tool: 'time_now' | 'http_request'
  /** The name it is offered under; absent where it is not offered. */
  offeredAs: string | undefined
  arguments: Record<string, unknown>
}

/** No question makes more calls than this, so that a long list of URLs stays within a host's step limit. */
const mostCalls = 4

/** Which calls a model would make for the question, in order: first the time in each zone named, then each URL. */
export function findIntent({ question, offered }: Conversation): IntendedCall[] {
  const urls = findUrls(question)
  const words = urls.reduce((text, url) => text.replace(url, ' '), question)
  const time = asksForTime(words) ? toTimeArguments(findTimeZones(words)) : []
  const offeredAs = (tool: string): string | undefined =>
    offered.find((name) => name === tool) ?? offered.find((name) => name.endsWith(tool))
  return [
    ...time.map((given) => ({ tool: 'time_now' as const, offeredAs: offeredAs('time_now'), arguments: given })),
    ...urls.map((url) => ({
      tool: 'http_request' as const,
      offeredAs: offeredAs('http_request'),
      arguments: { url, method: 'GET' },
    })),
  ].slice(0, mostCalls)
}

function asksForTime(words: string): boolean {
  return /\b(?:time|clock|today'?s date|what day)\b/i.test(words) || /몇\s*시|시간|시각|며칠|몇\s*월/.test(words)
}

function toTimeArguments(zones: readonly string[]): Record<string, unknown>[] {
  return zones.length === 0 ? [{}] : zones.map((timezone) => ({ timezone }))
}

function findUrls(text: string): string[] {
  const found = (text.match(/https?:\/\/[^\s<>"'`]+/g) ?? []).map(withoutTrailingWords)
  return [...new Set(found)].filter((url) => URL.canParse(url))
}

/** Cuts off the sentence's punctuation and a Korean particle, which both stick to the end of a URL. */
function withoutTrailingWords(url: string): string {
  const bare = url
    .replace(/(?<=[\p{ASCII}])(?:을|를|의|에서|에|으로|로|은|는|이|가|와|과)$/u, '')
    .replace(/(?<=[a-z0-9])[가-힣]+$/i, '')
    .replace(/(?<=[가-힣])(?:을|를|에서)$/, '')
    .replace(/[.,;:!?]+$/, '')
  return bare.endsWith(')') && !bare.includes('(') ? bare.slice(0, -1) : bare
}
