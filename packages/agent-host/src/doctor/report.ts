import type { HostErrorBody } from '../core/errors.ts'
import type { Rung } from '../core/events.ts'
import type { ExaminationEvent } from './examine.ts'
import type { Finding } from './finding.ts'
import { kindNames } from './server-kind.ts'

/** One model, as programs want it. */
export interface ModelReport {
  model: string
  /** How agent-host offers tools to it; null where no way is known to work. */
  rung: Rung | null
  findings: (Omit<Finding, 'rung' | 'change'> & { change: string | null })[]
  requests: { number: number; method: string; path: string; fields: readonly string[]; status: string; ms: number }[]
  prompt_tokens: number
  completion_tokens: number
  ms: number
}

/** One server. `models` is all that it lists, `examined` those that were asked something. */
export interface ServerReport {
  url: string
  kind: string | null
  models: { id: string; context_length: number | null }[]
  examined: ModelReport[]
  /** Why there is no more than this. */
  error: HostErrorBody | null
}

/** Gathers the events of examinations, in order, into their report. */
export interface ReportCollector {
  add(event: ExaminationEvent): void
  servers(): readonly ServerReport[]
}

export function createReportCollector(): ReportCollector {
  const servers: ServerReport[] = []
  const begun = (): ModelReport | undefined => servers.at(-1)?.examined.at(-1)
  return {
    servers: () => servers,
    add(event) {
      switch (event.type) {
        case 'server': {
          const models = event.models.map(({ id, contextLength }) => ({ id, context_length: contextLength ?? null }))
          servers.push({ url: event.url, kind: kindNames[event.kind], models, examined: [], error: null })
          return
        }
        case 'model':
          servers.at(-1)?.examined.push(emptyReport(event.model))
          return
        case 'finding': {
          const { rung: _, change, ...finding } = event.finding
          begun()?.findings.push({ ...finding, change: change ?? null })
          return
        }
        case 'model-end': {
          const report = begun()
          if (!report) return
          const { requests, promptTokens, completionTokens, ms } = event.cost
          const cost = { prompt_tokens: promptTokens, completion_tokens: completionTokens, ms }
          Object.assign(report, { rung: event.rung, requests, ...cost })
          return
        }
        case 'failure': {
          const last = servers.at(-1)
          if (last?.url === event.url) last.error = event.error
          else servers.push({ url: event.url, kind: null, models: [], examined: [], error: event.error })
          return
        }
        default:
      }
    },
  }
}

function emptyReport(model: string): ModelReport {
  return { model, rung: null, findings: [], requests: [], prompt_tokens: 0, completion_tokens: 0, ms: 0 }
}
