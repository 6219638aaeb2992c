import type { AgentEvent } from '../../../src/core/events.ts'
import { type Message, textMessage } from '../../../src/core/message.ts'
import type { Stores } from '../../../src/runs/stores.ts'
import { type Claim, claimWhenFree } from '../../../src/sessions/claim.ts'
import type { Entry, EntryDraft } from '../../../src/sessions/entry.ts'

/** What the script says once a store has acknowledged it. */
export type Said =
  | { type: 'claimed'; claim: Claim }
  | { type: 'entries'; ids: string[] }
  /** The tool is reached: its intent is durable. */
  | { type: 'started'; callId: string }
  | { type: 'record'; number: number }
  | { type: 'title'; number: number }
  | { type: 'run'; id: string; last: number }

export const sessionId = 'scripted'
const ttlMs = 5000

/** A conversation with tools that goes on until the process is killed, and where a former process was killed. */
export async function converse(stores: Stores, say: (said: Said) => void): Promise<never> {
  const { sessions } = stores
  if (!(await sessions.get(sessionId))) await sessions.create({ id: sessionId })
  const owner = `process-${process.pid}`
  while (true) {
    const claim = await claimWhenFree(sessions, sessionId, owner, { ttlMs, signal: AbortSignal.timeout(60_000) })
    say({ type: 'claimed', claim })
    const known = await sessions.entries(sessionId)
    for (const call of unanswered(known)) await append(stores, claim, say, [resultOf(call, 'The outcome is unknown.')])
    for (let turn = 0; turn < 5; turn++) await talk(stores, claim, say)
    await sessions.release(claim)
  }
}

async function talk(stores: Stores, claim: Claim, say: (said: Said) => void): Promise<void> {
  const number = (await stores.sessions.entries(sessionId)).length
  const callId = `call_${number}`
  const runId = `run_${process.pid}_${number}`
  const run = await stores.runs.create({ id: runId, sessionId, owner: claim.owner, ttlMs })
  await stores.runs.start(run, 'm')
  await append(stores, claim, say, [draft(textMessage(`msg_${number}`, 'user', `What is ${number}?`))])
  await stores.runs.append(run, 1, [delta('a'), delta('b')])
  const call = { id: callId, name: 'look_up', arguments: '{}' }
  const asked: Message = { id: `msg_call_${number}`, role: 'assistant', parts: [{ type: 'tool-call', call }] }
  await append(stores, claim, say, [draft(asked)])
  await append(stores, claim, say, [{ body: { type: 'tool-intent', messageId: asked.id, call, idempotent: false } }])
  say({ type: 'started', callId })
  const answer = textMessage(`msg_answer_${number}`, 'assistant', `It is ${'so '.repeat(number % 2000)}`)
  await append(stores, claim, say, [
    resultOf(callId, 'found'),
    draft(answer),
    { body: { type: 'run-end', reason: 'answer' } },
  ])
  await stores.runs.append(run, 3, [delta('c')])
  await stores.runs.end(run, 'done')
  say({ type: 'run', id: runId, last: 3 })
  await stores.records.put('response', 'latest', { number })
  say({ type: 'record', number })
  await stores.sessions.change(sessionId, { title: String(number) })
  say({ type: 'title', number })
}

async function append(stores: Stores, claim: Claim, say: (said: Said) => void, drafts: EntryDraft[]): Promise<void> {
  const stored = await stores.sessions.append(claim, drafts)
  say({ type: 'entries', ids: stored.map(({ id }) => id) })
}

function unanswered(entries: readonly Entry[]): string[] {
  const started = new Set<string>()
  for (const { body } of entries) {
    if (body.type === 'tool-intent') started.add(body.call.id)
    if (body.type !== 'message') continue
    for (const part of body.message.parts) if (part.type === 'tool-result') started.delete(part.callId)
  }
  return [...started]
}

function resultOf(callId: string, text: string): EntryDraft {
  const parts: Message['parts'] = [{ type: 'tool-result', callId, parts: [{ type: 'text', text }], isError: false }]
  return draft({ id: `msg_result_${callId}`, role: 'tool', parts })
}

function draft(message: Message): EntryDraft {
  return { body: { type: 'message', message } }
}

function delta(text: string): AgentEvent {
  return { type: 'text-delta', index: 0, text }
}
