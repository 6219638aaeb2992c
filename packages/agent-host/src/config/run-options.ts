import { z } from 'zod'
import { option } from './option.ts'
import { list, numeric, rulesOf, whole } from './values.ts'

/** How runs are kept, and what becomes of their calls. */
export const runOptions = {
  runRetention: option({
    env: 'RUN_RETENTION',
    flag: '--run-retention <seconds>',
    allowed: 'seconds, above 0 and at most 31536000',
    help: 'seconds for which the events of a run can be read after its end',
    schema: numeric.pipe(z.number().positive().max(31_536_000)).default(86_400),
  }),
  maxRuns: option({
    env: 'MAX_RUNS',
    flag: '--max-runs <count>',
    allowed: 'a whole number, 1 or more',
    help: 'most runs at once, those that wait for their session counted; more are answered with 429',
    schema: whole.pipe(z.number().positive()).default(1000),
  }),
  runLease: option({
    env: 'RUN_LEASE',
    flag: '--run-lease <seconds>',
    allowed: 'seconds from 1 to 3600',
    help: 'seconds after which replicas end the runs of one that was lost; runs renew it',
    schema: numeric.pipe(z.number().min(1).max(3600)).default(15),
  }),
  contextLength: option({
    env: 'CONTEXT_LENGTH',
    flag: '--context-length <tokens>',
    allowed: 'a whole number of tokens, 512 or more',
    help: 'most tokens that the model takes, prompt and answer together',
    unset: 'what the model server says',
    schema: whole.pipe(z.number().min(512)).optional(),
  }),
  approvals: option({
    env: 'APPROVALS',
    flag: '--approvals <rules>',
    allowed: 'tool=always, tool=ask or tool=never, as a comma list or a JSON object; * stands for any characters',
    help: 'which tools run unasked, after a person said yes, or not at all',
    unset: 'all run unasked',
    schema: rulesOf(z.enum(['always', 'ask', 'never'])).default({}),
  }),
  approvalTimeout: option({
    env: 'APPROVAL_TIMEOUT',
    flag: '--approval-timeout <seconds>',
    allowed: 'seconds, above 0 and at most 31536000',
    help: 'seconds after which an approval that nobody gave counts as no',
    schema: numeric.pipe(z.number().positive().max(31_536_000)).default(86_400),
  }),
  resultCache: option({
    env: 'RESULT_CACHE',
    flag: '--result-cache <rules>',
    allowed: 'tool=seconds, as a comma list or a JSON object; * stands for any characters',
    help: 'tools that are not asked again for so many seconds, where the arguments are the same',
    unset: 'none',
    schema: rulesOf(numeric.pipe(z.number().min(0).max(31_536_000))).default({}),
  }),
  idempotentTools: option({
    env: 'IDEMPOTENT_TOOLS',
    flag: '--idempotent-tools <list>',
    allowed: 'names of tools, as a comma list or a JSON array; * stands for any characters',
    help: 'tools that may be called again where a crash left it unknown whether they were',
    unset: 'none',
    schema: list.default([]),
  }),
}
