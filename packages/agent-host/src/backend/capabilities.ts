import type { Rung } from '../core/events.ts'

/** What one (server, model) pair has shown of itself. */
export interface Capabilities {
  /** The rung that worked, if one is known. */
  rung(): Rung | undefined
  /** Remembers a rung. Only on evidence: a call came back, or the tools were seen to lengthen the prompt. */
  learnRung(rung: Rung): void
  /** Names of {@link file://./adaptations.ts adaptations} that the server needed. */
  readonly adaptations: Set<string>
}

export interface CapabilityMemory {
  of(server: string, model: string): Capabilities
}

/** What was learned is tried anew after this long, as servers are restarted with other flags. */
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
  let learned: { rung: Rung; at: number } | undefined
  const adaptations = new Set<string>()
  return {
    adaptations,
    rung: () => (learned && now() - learned.at < forgetAfterMs ? learned.rung : undefined),
    learnRung(rung) {
      learned = { rung, at: now() }
    },
  }
}
