import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { toHostError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import type { NumberedEvent, Run } from '../../../runs/run.ts'
import type { RunManager } from '../../../runs/run-manager.ts'
import { disconnectOf } from '../disconnect.ts'
import { sendEventStream } from '../event-stream.ts'
import { followForClient } from '../follow-for-client.ts'
import { parseBody } from '../parse-body.ts'
import type { Served } from '../served.ts'
import type { runAnswer } from './answers.ts'
import { answerBody, eventsQuery, runOperations as operations, startBody } from './run-operations.ts'

interface WithRun {
  Params: { id: string }
}
interface WithCall {
  Params: { id: string; callId: string }
}

/** Runs by themselves: started here, followed and stopped from anywhere. */
export function runsRoute(app: FastifyInstance, { runtime }: Served): void {
  const { runs } = runtime.kept
  app.post('/api/v1/runs', { config: { operation: operations.start } }, async (request, reply) => {
    const body = parseBody(startBody, request.body)
    const started = await runs.start({
      messages: [textMessage(createId('msg'), 'user', body.message)],
      sessionId: body.session_id,
      createSession: true,
      onBusy: body.on_busy,
      model: body.model,
      endpoint: 'runs',
      signal: disconnectOf(reply),
    })
    return reply.status(202).send(toRun(await runs.get(started.runId)))
  })
  app.get<WithRun>('/api/v1/runs/:id', { config: { operation: operations.get } }, async ({ params: { id } }) =>
    toRun(await runs.get(id)),
  )
  app.get<WithRun>('/api/v1/runs/:id/events', { config: { operation: operations.events } }, (request, reply) =>
    sendRun(runs, request, reply),
  )
  app.post<WithRun>(
    '/api/v1/runs/:id/cancel',
    { config: { operation: operations.cancel } },
    async ({ params: { id } }) => {
      await runs.cancel(id)
      return toRun(await runs.get(id))
    },
  )
  app.post<WithCall>(
    '/api/v1/runs/:id/approvals/:callId',
    { config: { operation: operations.answer } },
    async ({ params: { id, callId }, body, caller }) => {
      const { decision, reason } = parseBody(answerBody, body)
      const decided = decision === 'approve' ? ('approved' as const) : ('denied' as const)
      const next = await runs.answer(id, callId, { decision: decided, by: caller, reason })
      return { run_id: id, call_id: callId, decision, continued_by: next?.runId ?? null }
    },
  )
}

/** The run's log as server-sent events; `Last-Event-ID`, or `after`, says which was the last that the client has. */
async function sendRun(
  runs: RunManager,
  { params: { id }, query, headers }: FastifyRequest<WithRun>,
  reply: FastifyReply,
): Promise<void> {
  const { after, ...options } = parseBody(eventsQuery, query)
  const last = Number(headers['last-event-id'])
  const from = Number.isSafeInteger(last) && last > 0 ? last : (after ?? 0)
  await runs.get(id)
  await sendEventStream(reply, {
    async *open(signal) {
      const events = followForClient(runs, id, { ...options, after: from }, signal)
      for await (const event of events) yield toEventText(event)
    },
    toFailure: (error) => `event: error\ndata: ${JSON.stringify({ error: toHostError(error).toBody() })}\n\n`,
  })
}

function toEventText({ sequence, event }: NumberedEvent): string {
  return `id: ${sequence}\nevent: ${event.type}\ndata: ${JSON.stringify({ sequence, ...event })}\n\n`
}

function toRun(run: Run): z.output<typeof runAnswer> {
  return {
    run_id: run.id,
    session_id: run.sessionId,
    state: run.state,
    model: run.model ?? null,
    created_at: run.createdAt,
    started_at: run.startedAt ?? null,
    ended_at: run.endedAt ?? null,
    last_event: run.lastSequence,
    error: run.error ?? null,
  }
}
