import type { Rung } from '../core/events.ts'
import type { Medium } from './model-media.ts'

/** A field or form that a server refuses, so that requests to it do without. */
export type Avoided =
  | 'tool-role'
  | 'stream-options'
  | 'parallel-tool-calls'
  | 'tool-choice'
  | 'json-schema'
  | 'json-object'
  /** Messages as clients of OpenAI write them: null content, several system messages, `developer`, any order of turns. */
  | 'message-shape'
  | 'system-role'

/** What one (server, model) pair has shown of itself. */
export interface Capabilities {
  /** The rung to begin with: the one that is known to work, else the best. */
  rung(): Rung
  /** Whether the model is known to see the tools on this rung (true), or not to (false). */
  sees(rung: Rung): boolean | undefined
  /** Remembers evidence: a call came back, or the prompt did or did not grow with the tools. */
  learn(rung: Rung, sees: boolean): void
  /** Whether the server refused this kind of content a while ago. */
  refuses(medium: Medium): boolean
  learnRefusal(medium: Medium): void
  /** What requests must do without. */
  readonly avoided: Set<Avoided>
  /** Formats of answers that the server was seen to keep to, so that an answer need not be held until it is whole. */
  readonly kept: Set<'json-schema' | 'json-object'>
  /** Bytes of text that made a token in the last request; `undefined` where the server has not counted. */
  bytesPerToken: number | undefined
}

export interface CapabilityMemory {
  of(server: string, model: string): Capabilities
}

/** What was learned of a rung, or of a refusal, is tried anew after this long, as servers are restarted with other flags. */
const forgetAfterMs = 10 * 60_000

/** Keeps what was learned for the life of the process. `now` is in milliseconds. */
export function createCapabilityMemory(now: () => number = Date.now): CapabilityMemory {
  const known = new Map<string, Capabilities>()
  return {
    of(server, model) {
      const key = `${server}\n${model}`
      let capabilities = known.get(key)
      if (!capabilities) known.set(key, (capabilities = createCapabilities(now)))
      return capabilities
    },
  }
}

function createCapabilities(now: () => number): Capabilities {
  const learned = new Map<Rung, { sees: boolean; at: number }>()
  const refused = new Map<Medium, number>()
  const sees = (rung: Rung): boolean | undefined => {
    const found = learned.get(rung)
    return found && now() - found.at < forgetAfterMs ? found.sees : undefined
  }
  return {
    avoided: new Set(),
    kept: new Set(),
    bytesPerToken: undefined,
    sees,
    rung: () => rungs.find((rung) => sees(rung) === true) ?? rungs[0],
    refuses: (medium) => now() - (refused.get(medium) ?? -Infinity) < forgetAfterMs,
    learnRefusal: (medium) => void refused.set(medium, now()),
    learn: (rung, seen) => learned.set(rung, { sees: seen, at: now() }),
  }
}

/** The capability ladder, best rung first. */
export const rungs = ['tools', 'functions', 'prompt'] as const satisfies Rung[]
