import { detectDialect } from '../registry.ts'
import { families } from './families.ts'
import type { HistoryProfile } from './history-profile.ts'

/** The wire shape that OpenAI-compatible servers are made for, but with `''` for null, which some templates choke on. */
export const defaultProfile: HistoryProfile = {
  calls: 'tool_calls',
  toolRole: 'tool',
  dialect: 'hermes',
  resultText: 'Result of {name}:\n{result}',
  arguments: 'string',
  callsPerMessage: 'many',
  callIds: 'keep',
  emptyContent: '',
  textOfCalls: 'beside',
  system: 'first',
  developer: 'system',
  opensWithUser: false,
  alternate: false,
  reasoning: 'drop',
  reasoningFields: ['reasoning_content', 'reasoning'],
  reasoningBesideText: true,
}

/** A profile for servers that know neither calls nor tool roles: all becomes text, written as the dialect does. */
export function toTextOnly(profile: HistoryProfile): HistoryProfile {
  return { ...profile, calls: 'content', toolRole: 'user', alternate: true }
}

/** A profile for servers that know only the older `functions`: one `function_call` a message. */
export function toFunctions(profile: HistoryProfile): HistoryProfile {
  return { ...profile, calls: 'function_call', toolRole: 'function', callsPerMessage: 'one', emptyContent: '' }
}

/** The history profile of a model's family, else {@link defaultProfile}; with the model's own dialect. */
export function historyProfile(model: string): HistoryProfile {
  const rules = families.find((family) => family.matches(model))?.rules
  const dialect = detectDialect(model)?.name
  return { ...defaultProfile, ...rules, ...(dialect !== undefined && { dialect }) }
}
