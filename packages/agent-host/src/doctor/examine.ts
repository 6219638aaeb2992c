import { rungs } from '../backend/capabilities.ts'
import { chooseModel } from '../backend/choose-model.ts'
import type { ModelInfo, ModelServer } from '../backend/model-server.ts'
import { type HostErrorBody, toHostError } from '../core/errors.ts'
import type { Rung } from '../core/events.ts'
import { failureWords } from './advice.ts'
import type { Finding } from './finding.ts'
import { probes } from './probes.ts'
import { plainQuestion } from './questions.ts'
import { kindOf, type ServerKind } from './server-kind.ts'
import { createSubject, type SentRequest, type Subject } from './subject.ts'

/** What the examination of one model took. */
export interface Cost {
  requests: readonly SentRequest[]
  promptTokens: number
  completionTokens: number
  ms: number
}

/** What an examination finds, as it goes. */
export type ExaminationEvent =
  | { type: 'server'; url: string; kind: ServerKind; models: readonly ModelInfo[] }
  | { type: 'model'; model: string }
  | { type: 'finding'; finding: Finding }
  /** `rung`: how agent-host offers tools to it; null where no way is known to work. */
  | { type: 'model-end'; rung: Rung | null; cost: Cost }
  /** Nothing more can be found out about the server, or about the model that was begun. */
  | { type: 'failure'; url: string; error: HostErrorBody }

export interface ExaminationOptions {
  /** The model to examine. Default: as a run would choose it. */
  model?: string | undefined
  /** Every model that the server lists. */
  allModels: boolean
  /** For one request, in milliseconds. */
  timeoutMs: number
  signal: AbortSignal
}

/**
 * Examines models on one server, one request after another. Failures are events; only an abort is thrown.
 */
export async function* examineServer(
  server: ModelServer,
  options: ExaminationOptions,
): AsyncGenerator<ExaminationEvent> {
  const { signal, timeoutMs } = options
  try {
    const started = performance.now()
    const models = await server.models(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    const listing = { number: 1, method: 'GET', path: '/models', fields: [], status: 'ok' } as const
    const ms = Math.round(performance.now() - started)
    const kind = kindOf(models)
    yield { type: 'server', url: server.url, kind, models }
    for (const info of chosen(models, server.url, options)) {
      yield { type: 'model', model: info.id }
      yield* examineModel(createSubject({ server, kind, info, listing: { ...listing, ms }, timeoutMs, signal }))
    }
  } catch (error) {
    signal.throwIfAborted()
    yield { type: 'failure', url: server.url, error: toHostError(error).toBody() }
  }
}

function chosen(
  models: readonly ModelInfo[],
  url: string,
  { model, allModels }: ExaminationOptions,
): readonly ModelInfo[] {
  if (allModels) return models
  const id = model ?? chooseModel(models, url)
  return [models.find((info) => info.id === id) ?? { id }]
}

async function* examineModel(subject: Subject): AsyncGenerator<ExaminationEvent> {
  const started = performance.now()
  const findings: Finding[] = []
  const first = await subject.ask(plainQuestion)
  if (first.refusal || first.failure !== undefined) {
    // Without an answer to a plain question the rest would only say the same in other ways.
    const finding: Finding = { name: 'chat', state: 'problem', says: failureWords(first), requests: [first.number] }
    findings.push(finding)
    yield { type: 'finding', finding }
  } else {
    for (const { name, run } of probes) {
      const finding = { name, ...(await run(subject)) }
      findings.push(finding)
      yield { type: 'finding', finding }
    }
  }
  const offered = findings.map(({ rung }) => rung).filter((rung) => rung !== undefined)
  const { requests, tokens } = subject
  const ms = Math.round(performance.now() - started)
  yield {
    type: 'model-end',
    rung: rungs.find((name) => offered.some((rung) => rung.name === name && rung.works === true)) ?? null,
    cost: { requests, promptTokens: tokens.prompt, completionTokens: tokens.completion, ms },
  }
}
