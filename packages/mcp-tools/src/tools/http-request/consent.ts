import { createHash } from 'node:crypto'
import { ToolError } from '../../errors.ts'
import type { ToolCall } from '../tool.ts'
import type { Identities } from './identity.ts'
import { admit, type Grant, type Policy } from './policy.ts'
import type { HopRequest } from './redirect.ts'

/** Asks the user; see `ToolCall.confirm`. */
export type Confirm = NonNullable<ToolCall['confirm']>

const maxShownUrl = 500
const maxShownBody = 2_000
const maxShownNames = 32
const maxShownType = 100

/** Control, bidirectional and invisible characters, with which a shown text could pose as another. */
const deceptive = /[^\P{C}\n\t]|[\u2028\u2029\u3164\u115f\u1160]/gu

/** What the question is made by. */
interface ConsentDeps {
  readonly policy: Policy
  readonly identities: Identities
}

/**
 * `first` once the user has agreed to it; undefined where they need not be asked, or could not open it.
 * Throws the refusal, or `declined`, where they do not agree.
 */
export async function confirmRequest(
  { policy, identities }: ConsentDeps,
  first: HopRequest,
  { auth, headers = {}, confirm }: { auth?: string; headers?: HopRequest['headers']; confirm?: Confirm },
): Promise<HopRequest | undefined> {
  const verdict = policy.judgeRequest(first.url, first.method)
  if (verdict.allowed || verdict.onConsent === undefined) return undefined
  // Throws where the request would fail whatever they say.
  identities.choose(auth, verdict.onConsent, headers)
  const redactor = await identities.redactorFor()
  const hide = (text: string) => redactor?.text(text) ?? text
  const answer = (await confirm?.({ message: toMessage(first, hide), subject: toSubject(first) })) ?? 'unavailable'
  if (answer === 'accepted') return first
  if (answer === 'unavailable') {
    throw new ToolError(verdict.code, `${hide(verdict.reason)}, or the user, whom this client cannot ask.`)
  }
  const what = answer === 'declined' ? 'The user declined, do not ask again' : 'The user gave no answer'
  throw new ToolError('declined', `${what}; nothing was sent. ${hide(verdict.reason)}.`)
}

/** The policy's grant for one hop, or its refusal thrown; what the user `agreed` to covers one origin, method and body. */
export function grantHop(policy: Policy, hop: HopRequest, agreed: HopRequest | undefined, context: string): Grant {
  const verdict = policy.judgeRequest(hop.url, hop.method)
  if (verdict.allowed || verdict.onConsent === undefined || agreed === undefined) return admit(verdict, context)
  const isCovered = agreed.url.origin === hop.url.origin && agreed.method === hop.method && agreed.body === hop.body
  return isCovered ? verdict.onConsent : admit(verdict, context)
}

/** Digests, so that whoever holds the subject learns nothing from it. */
function toSubject({ method, url, headers, body }: HopRequest): string {
  const sorted = Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const head = createHash('sha256').update(JSON.stringify([method, url.href, sorted]))
  // A separator that the head, being JSON, cannot end with.
  return head
    .update('\n')
    .update(body ?? '')
    .digest('base64url')
}

/** Values of headers stay out: they may be secrets. What the caller wrote comes last, marked line by line. */
function toMessage({ method, url, headers, body }: HopRequest, hide: (text: string) => string): string {
  const names = Object.keys(headers)
  const shownNames = names.length > maxShownNames ? [...names.slice(0, maxShownNames), '…'] : names
  const type = headers['content-type'] ?? 'no content type'
  return [
    `http_request wants to send ${method} to ${hide(url.host)}, which no rule of this server allows.`,
    '',
    `URL: ${toShown(hide(url.href), maxShownUrl)}`,
    `Headers: ${hide(shownNames.join(', '))}`,
    ...(body === undefined
      ? ['No body.']
      : [`Body, ${body.length} bytes, ${toShown(hide(type), maxShownType)}:`, ...toQuoted(body, hide)]),
  ].join('\n')
}

function toQuoted(body: Buffer, hide: (text: string) => string): readonly string[] {
  const text = body.toString()
  if (text.includes('\ufffd') || text.includes('\0')) return ['> (binary)']
  return toShown(hide(text.replaceAll('\r\n', '\n')), maxShownBody)
    .split('\n')
    .map((line) => `> ${line}`)
}

function toShown(text: string, limit: number): string {
  const visible = text.replaceAll(deceptive, '\ufffd')
  if (visible.length <= limit) return visible
  return `${visible.slice(0, limit).toWellFormed()}… (${visible.length - limit} more characters)`
}
