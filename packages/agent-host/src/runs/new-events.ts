/**
 * Those of the events, numbered from `from`, that a log which ends with the number `last` does not have.
 *
 * @throws RangeError where there is a gap.
 */
export function newEvents<Event>(
  runId: string,
  last: number,
  from: number,
  events: readonly Event[],
): readonly Event[] {
  if (from > last + 1)
    throw new RangeError(`The log of ${runId} ends with ${last}: an event ${from} would leave a gap.`)
  return events.slice(last + 1 - from)
}
