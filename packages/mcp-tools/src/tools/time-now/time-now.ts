import { defineTool, type Tool } from '../tool.ts'
import type { AnswerTime } from './answer.ts'
import { timeInputSchema, timeOutputSchema } from './schema.ts'

/** What the operator may set for `time_now`. */
export interface TimeNowOptions {
  /** The zone for calls that name none, in any form that calls may use. Default: the machine's. */
  readonly timezone?: string | undefined
}

/** The time, now or at a given moment, in any zones. */
export function createTimeNow({ timezone }: TimeNowOptions = {}): Tool {
  let answerTime: Promise<AnswerTime> | undefined
  return defineTool({
    name: 'time_now',
    title: 'Current time',
    description:
      'Tells the current date and time, or with `at` another moment, in one or several time zones. ' +
      'Give `timezone` when the user means a certain place; without it the answer is in the local zone. ' +
      'To convert: {"at": "15:00", "at_timezone": "Seoul", "timezone": "New York"}.',
    input: timeInputSchema,
    output: timeOutputSchema,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async handler(input) {
      answerTime ??= import('./answer.ts').then((module) => module.answerTime)
      return (await answerTime)(input, Date.now(), timezone)
    },
  })
}
