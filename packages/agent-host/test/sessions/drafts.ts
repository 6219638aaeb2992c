import fc from 'fast-check'
import { textMessage } from '../../src/core/message.ts'
import type { EntryBody, EntryDraft } from '../../src/sessions/entry.ts'

export function messageDraft(text: string, parentId?: string | null): EntryDraft {
  return {
    body: { type: 'message', message: textMessage('msg_1', 'user', text) },
    ...(parentId !== undefined && { parentId }),
  }
}

export function intentDraft(callId: string, messageId = 'msg_1'): EntryDraft {
  const call = { id: callId, name: 'echo', arguments: '{"text":"hi"}' }
  return { runId: 'run_1', body: { type: 'tool-intent', messageId, call, idempotent: false } }
}

/** Texts that files, databases and JSON treat in ways of their own. */
const awkward = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\u0000', 'a\u2028b\u2029c', 'line\nline\r\n', '\uD800', '서울 날씨 어때?', '"}]\\', '\uFEFF'),
)

const message: fc.Arbitrary<EntryBody> = fc
  .record({ text: awkward, reasoning: awkward, result: awkward, extra: fc.jsonValue({ maxDepth: 2 }) })
  .map(({ text, reasoning, result, extra }) => ({
    type: 'message',
    message: {
      id: 'msg_1',
      role: 'assistant',
      parts: [
        { type: 'text', text },
        { type: 'reasoning', text: reasoning, encrypted: text },
        { type: 'tool-call', call: { id: 'call_1', name: text, arguments: reasoning } },
        { type: 'tool-result', callId: text, parts: [{ type: 'text', text: result }], isError: false },
        { type: 'image', source: { type: 'base64', data: 'AAAA', mediaType: 'image/png' } },
      ],
      // JSON has no negative zero.
      extra: JSON.parse(JSON.stringify({ extra })) as Record<string, unknown>,
    },
  }))

const others: fc.Arbitrary<EntryBody> = awkward.chain((text) =>
  fc.constantFrom<EntryBody>(
    { type: 'cut', trimmed: [text], summary: { through: 'entry_1', message: { id: 'm', role: 'user', parts: [] } } },
    {
      type: 'pending',
      messageId: 'msg_1',
      calls: [{ call: { id: 'c', name: 'f', arguments: text }, waitsFor: 'client', expiresAt: text }],
    },
    { type: 'approval', messageId: 'msg_1', callId: 'c', decision: 'denied', by: text, reason: text },
    { type: 'run-end', reason: 'error', error: { code: 'internal', message: text, details: { text } } },
  ),
)

/** Any body but an intent. */
export const anyBody: fc.Arbitrary<EntryBody> = fc.oneof(message, others)
