import { z } from 'zod'
import type { HiddenSteps, HiddenStepStore } from '../agent/hidden-steps.ts'
import { isCreatedId } from '../core/ids.ts'
import { messageSchema } from '../core/message-schema.ts'
import type { RecordStore } from './record-store.ts'

/** The steps are under the first of their calls; what is under the others says so. */
const kept = z.union([
  z.object({
    putAt: z.number(),
    steps: z.object({ calls: z.array(z.tuple([z.string(), z.string()])), messages: z.array(messageSchema) }),
  }),
  z.object({ sameAs: z.string() }),
])

/** Steps that are asked for are put again after this long, so that they live as long as their chat goes on. */
const putAgainAfterMs = 3_600_000

/**
 * Keeps steps as records, so that a chat goes on after a restart and through another replica. They are there for as long
 * as records of their kind are after they were last asked for, give or take an hour.
 */
export function createKeptSteps(records: RecordStore, now: () => number = Date.now): HiddenStepStore {
  const put = async (steps: HiddenSteps): Promise<void> => {
    const [first, ...others] = steps.calls.map(([shown]) => shown)
    if (first === undefined) return
    await records.put('chat-steps', first, { putAt: now(), steps })
    await Promise.all(others.map((id) => records.put('chat-steps', id, { sameAs: first })))
  }
  const find = async (id: string): Promise<z.output<typeof kept> | undefined> => {
    const record = await records.get('chat-steps', id)
    return record && kept.parse(record)
  }
  return {
    put,
    async get(shownId) {
      // Clients also bring calls that others made: whatever their ids are, nobody has to look for them.
      if (!isCreatedId('call', shownId)) return undefined
      const named = await find(shownId)
      const found = named && 'sameAs' in named ? await find(named.sameAs) : named
      if (!found || !('steps' in found)) return undefined
      if (now() - found.putAt > putAgainAfterMs) await put(found.steps)
      return found.steps
    },
  }
}
