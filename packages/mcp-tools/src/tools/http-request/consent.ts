import { createHash } from 'node:crypto'
import { ToolError } from '../../errors.ts'
import type { Confirmation, ConfirmationAnswer } from '../tool.ts'
import { admit, type Grant, type Policy } from './policy.ts'
import type { HopRequest } from './redirect.ts'

/** Asks the user; see `ToolCall.confirm`. */
export type Confirm = (question: Confirmation) => Promise<ConfirmationAnswer>

const maxShownUrl = 500
const maxShownBody = 2_000
const maxShownNames = 32

/** Control, bidirectional and invisible characters, with which a shown text could pose as another. */
const deceptive = /[^\P{C}\n\t]|[\u2028\u2029\u3164\u115f\u1160]/gu

/**
 * `request` once the user has agreed to it; undefined where they need not be asked, or could not open it.
 * Throws the refusal, or `declined`, where they do not agree.
 */
export async function confirmRequest(
  policy: Policy,
  request: HopRequest,
  confirm: Confirm | undefined,
): Promise<HopRequest | undefined> {
  const verdict = policy.judgeRequest(request.url, request.method)
  if (verdict.allowed || verdict.onConsent === undefined) return undefined
  const answer = (await confirm?.(toConfirmation(request))) ?? 'unavailable'
  if (answer === 'accepted') return request
  if (answer === 'unavailable') {
    throw new ToolError(verdict.code, `${verdict.reason}, or the user, whom this client cannot ask.`)
  }
  const what = answer === 'declined' ? 'The user declined' : 'The user gave no answer'
  throw new ToolError('declined', `${what}, so nothing was sent. ${verdict.reason}.`)
}

/** The policy's grant for one hop, or its refusal thrown; what the user `agreed` to covers one origin, method and body. */
export function grantHop(policy: Policy, hop: HopRequest, agreed: HopRequest | undefined, context: string): Grant {
  const verdict = policy.judgeRequest(hop.url, hop.method)
  if (verdict.allowed || verdict.onConsent === undefined || agreed === undefined) return admit(verdict, context)
  const isCovered = agreed.url.origin === hop.url.origin && agreed.method === hop.method && agreed.body === hop.body
  return isCovered ? verdict.onConsent : admit(verdict, context)
}

function toConfirmation(request: HopRequest): Confirmation {
  return { message: toMessage(request), subject: toSubject(request) }
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
function toMessage({ method, url, headers, body }: HopRequest): string {
  const names = Object.keys(headers)
  const shownNames = names.length > maxShownNames ? [...names.slice(0, maxShownNames), '…'] : names
  const type = headers['content-type'] ?? 'no content type'
  return [
    `http_request wants to send ${method} to ${url.host}, which no rule of this server allows.`,
    '',
    `URL: ${toShown(url.href, maxShownUrl)}`,
    `Headers: ${shownNames.join(', ')}`,
    ...(body === undefined ? ['No body.'] : [`Body, ${body.length} bytes, ${toShown(type, 100)}:`, ...toQuoted(body)]),
  ].join('\n')
}

function toQuoted(body: Buffer): readonly string[] {
  const text = body.toString()
  if (text.includes('\ufffd') || text.includes('\0')) return ['> (binary)']
  return toShown(text.replaceAll('\r\n', '\n'), maxShownBody)
    .split('\n')
    .map((line) => `> ${line}`)
}

function toShown(text: string, limit: number): string {
  const visible = text.replaceAll(deceptive, '\ufffd')
  if (visible.length <= limit) return visible
  return `${visible.slice(0, limit).toWellFormed()}… (${visible.length - limit} more characters)`
}
