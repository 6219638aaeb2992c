import { modelPattern } from '../model-pattern.ts'
import type { HistoryProfile } from './history-profile.ts'

/** The wire shape that OpenAI-compatible servers are made for; empty content is `''`, since some templates choke on null. */
export const defaultProfile: HistoryProfile = {
  calls: 'tool_calls',
  toolRole: 'tool',
  dialect: 'hermes',
  resultText: 'Result of {name}:\n{result}',
  arguments: 'string',
  callsPerMessage: 'many',
  callIds: 'keep',
  emptyContent: '',
  system: 'first',
  developer: 'system',
  alternate: false,
  reasoning: 'drop',
  reasoningFields: ['reasoning_content', 'reasoning'],
  reasoningBesideText: true,
}

/** A profile for servers that know neither calls nor tool roles: all of it becomes text, written as the dialect does. */
export function toTextOnly(profile: HistoryProfile): HistoryProfile {
  return { ...profile, calls: 'content', toolRole: 'user', callsPerMessage: 'many', alternate: true }
}

/** A profile for servers that know only the older `functions`: one `function_call` a message. */
export function toFunctions(profile: HistoryProfile): HistoryProfile {
  return { ...profile, calls: 'function_call', toolRole: 'function', callsPerMessage: 'one' }
}

const toolResponse = '<tool_response>\n{result}\n</tool_response>'

const families: readonly { matches: (model: string) => boolean; profile: HistoryProfile }[] = [
  {
    // Its template raises where a message with calls has both text and thinking, and drops a late system message.
    matches: modelPattern(/gpt-?oss/),
    profile: {
      ...defaultProfile,
      dialect: 'harmony',
      reasoning: 'current',
      reasoningFields: ['reasoning_content', 'reasoning', 'thinking'],
      reasoningBesideText: false,
    },
  },
  {
    matches: modelPattern(/qwen|qwq|hermes/),
    profile: { ...defaultProfile, resultText: toolResponse, reasoning: 'current' },
  },
  {
    matches: modelPattern(/mistral|mixtral|magistral|devstral|ministral/),
    profile: { ...defaultProfile, callIds: 'nine', alternate: true },
  },
  { matches: modelPattern(/gemma/), profile: { ...toTextOnly(defaultProfile), system: 'user' } },
  { matches: modelPattern(/llama-?3/), profile: { ...defaultProfile, callsPerMessage: 'one' } },
]

/** The history profile of a model's family; {@link defaultProfile} where it is not known. */
export function historyProfile(model: string): HistoryProfile {
  return families.find((family) => family.matches(model))?.profile ?? defaultProfile
}
