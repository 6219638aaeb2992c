import type { FastifyInstance, FastifyReply } from 'fastify'
import type { z } from 'zod'
import { toWaitingCall } from '../../../agent/run-result.ts'
import { HostError } from '../../../core/errors.ts'
import { toTranscript } from '../../../runs/history.ts'
import { pendingApprovals } from '../../../runs/pending-approvals.ts'
import { type Entry, pathTo } from '../../../sessions/entry.ts'
import { noSession, type Session } from '../../../sessions/session.ts'
import type { SessionStore } from '../../../sessions/session-store.ts'
import { parseBody } from '../parse-body.ts'
import type { Served } from '../served.ts'
import type { sessionAnswer, wholeSessionAnswer } from './answers.ts'
import { toMarkdown } from './session-markdown.ts'
import { changeBody, exportQuery, forkBody, listQuery, sessionOperations as operations } from './session-operations.ts'

interface WithSession {
  Params: { id: string }
}

/** Conversations that are kept. */
export function sessionsRoute(app: FastifyInstance, { runtime }: Served): void {
  const { sessions } = runtime.kept.stores
  app.get('/api/v1/sessions', { config: { operation: operations.list } }, async ({ query }) => {
    const page = await sessions.list(parseBody(listQuery, query))
    return { sessions: page.sessions.map(toSession), next_cursor: page.cursor ?? null }
  })
  app.get<WithSession>('/api/v1/sessions/:id', { config: { operation: operations.read } }, ({ params: { id } }) =>
    readSession(sessions, id),
  )
  app.patch<WithSession>(
    '/api/v1/sessions/:id',
    { config: { operation: operations.change } },
    async ({ params: { id }, body }) => toSession(await sessions.change(id, parseBody(changeBody, body))),
  )
  app.post<WithSession>(
    '/api/v1/sessions/:id/fork',
    { config: { operation: operations.fork } },
    async ({ params: { id }, body }, reply) => {
      const { entry_id: entryId, session_id: own } = parseBody(forkBody, body ?? {})
      const last = entryId ?? (await sessions.entries(id)).at(-1)?.id
      if (last === undefined) throw new HostError('invalid_request', `The session ${id} has nothing to fork.`)
      return reply.status(201).send(toSession(await sessions.fork(id, last, own === undefined ? {} : { id: own })))
    },
  )
  app.get<WithSession>(
    '/api/v1/sessions/:id/export',
    { config: { operation: operations.export } },
    async ({ params: { id }, query }, reply) => {
      const { format } = parseBody(exportQuery, query)
      return await exportSession(await find(sessions, id), await sessions.entries(id), format, reply)
    },
  )
  app.delete<WithSession>(
    '/api/v1/sessions/:id',
    { config: { operation: operations.delete } },
    async ({ params: { id } }, reply) => {
      await sessions.delete(id)
      return reply.status(204).send()
    },
  )
}

async function find(sessions: SessionStore, id: string): Promise<Session> {
  const found = await sessions.get(id)
  if (!found) throw noSession(id)
  return found
}

async function readSession(sessions: SessionStore, id: string): Promise<z.output<typeof wholeSessionAnswer>> {
  const session = await find(sessions, id)
  const path = pathTo(await sessions.entries(id))
  const pending = pendingApprovals(path)
  const messages = toTranscript(path, new Set(pending.map(({ call }) => call.id)))
  return {
    ...toSession(session),
    head: path.at(-1)?.id ?? null,
    messages,
    pending: pending.map((each) => toWaitingCall(each.runId, each)),
  }
}

function exportSession(
  session: Session,
  entries: readonly Entry[],
  format: 'jsonl' | 'markdown',
  reply: FastifyReply,
): FastifyReply {
  const name = `${session.id}.${format === 'jsonl' ? 'jsonl' : 'md'}`
  reply.header('content-disposition', `attachment; filename="${name}"`)
  if (format === 'markdown') {
    return reply.type('text/markdown; charset=utf-8').send(toMarkdown(session, toTranscript(pathTo(entries))))
  }
  const lines = [session, ...entries].map((each) => `${JSON.stringify(each)}\n`)
  return reply.type('application/jsonl; charset=utf-8').send(lines.join(''))
}

function toSession({ id, title, createdAt, updatedAt, forkedFrom }: Session): z.output<typeof sessionAnswer> {
  return {
    session_id: id,
    title,
    created_at: createdAt,
    updated_at: updatedAt,
    forked_from: forkedFrom ? { session_id: forkedFrom.sessionId, entry_id: forkedFrom.entryId } : null,
  }
}
