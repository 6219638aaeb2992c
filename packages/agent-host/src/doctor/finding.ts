import type { Rung } from '../core/events.ts'
import type { Subject } from './subject.ts'

/**
 * How to take a finding: `ok`; `note`, something lacks that agent-host does without; `problem`, something does not work;
 * `unknown`, there was no evidence either way.
 */
export type FindingState = 'ok' | 'note' | 'problem' | 'unknown'

/** What one probe found out about a model on a server. */
export interface Finding {
  name: string
  state: FindingState
  /** What was seen, in one line. */
  says: string
  /** What to do about it. */
  change?: string
  /** Numbers of the requests that show it, from 1, in the order in which this model was sent them. */
  requests: readonly number[]
  /** For ways to offer tools: which one, and whether the model is known to see them that way. */
  rung?: { name: Rung; works: boolean | undefined }
}

/** A finding before it is named after its probe. */
export type ProbeResult = Omit<Finding, 'name'>

export interface Probe {
  /** As in the report, and the same on each run. */
  name: string
  run(subject: Subject): Promise<ProbeResult>
}
