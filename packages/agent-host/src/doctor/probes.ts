import type { Probe } from './finding.ts'
import { contextLength } from './probes/context-length.ts'
import { historyForms } from './probes/history-forms.ts'
import { latency } from './probes/latency.ts'
import { functions, nativeTools, taughtTools } from './probes/offered-tools.ts'
import { parallelCalls } from './probes/parallel-calls.ts'
import { reasoning } from './probes/reasoning.ts'
import { streaming } from './probes/streaming.ts'
import { jsonObject, jsonSchema } from './probes/structured-output.ts'
import { namedChoice, noChoice, requiredChoice } from './probes/tool-choice.ts'
import { usage } from './probes/usage.ts'

/** All probes, in the order of the report. */
export const probes: readonly Probe[] = [
  streaming,
  contextLength,
  usage,
  latency,
  reasoning,
  nativeTools,
  functions,
  taughtTools,
  parallelCalls,
  requiredChoice,
  namedChoice,
  noChoice,
  jsonSchema,
  jsonObject,
  ...historyForms,
]
