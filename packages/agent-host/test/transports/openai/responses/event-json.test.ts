import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventJson } from '../../../../src/transports/openai/responses/event-json.ts'
import type { NumberedEvent } from '../../../../src/transports/openai/responses/response-events.ts'
import { runs } from '../../../../../../test/scale.ts'

const place = fc
  .tuple(fc.nat(2), fc.string())
  .map(([output_index, delta]) => ({ item_id: `msg_${output_index}`, output_index, delta }))
const numbered = fc.record({ sequence_number: fc.nat() })
const logprob = { token: 'a', bytes: [97], logprob: -1, top_logprobs: [] }
const inText = fc.record({ content_index: fc.nat(1), logprobs: fc.constantFrom([], [logprob]) })
const event = fc.oneof(
  fc.tuple(fc.constant({ type: 'response.output_text.delta' }), place, inText, numbered),
  fc.tuple(fc.constant({ type: 'response.refusal.delta' }), place, fc.record({ content_index: fc.nat(1) }), numbered),
  fc.tuple(
    fc.constantFrom(
      { type: 'response.function_call_arguments.delta' },
      { type: 'response.reasoning_summary_text.delta', summary_index: 0 },
      { type: 'response.reasoning_summary_text.delta', summary_index: 1 },
      { type: 'response.mcp_call_arguments.delta' },
    ),
    place,
    numbered,
  ),
  fc.tuple(fc.constant({ type: 'response.output_text.done', text: 'Hi' }), numbered),
)

test('every event of a stream reads as the event itself', () => {
  fc.assert(
    fc.property(fc.array(event), (parts) => {
      const events = parts.map((each) => Object.assign({}, ...each) as NumberedEvent)
      expect(events.map(createEventJson()).map((json) => JSON.parse(json) as unknown)).toEqual(events)
    }),
    { numRuns: runs(500) },
  )
})
