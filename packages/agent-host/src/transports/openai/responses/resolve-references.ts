import { badRequest } from './bad-request.ts'
import type { SoFar } from './conversation-so-far.ts'
import { type InputItem, readItem } from './input-item.ts'
import { isInputPlace, placeOfItem, toInputIndex } from './item-id.ts'
import type { ResponseRecord, ResponseRecords } from './response-record.ts'

/**
 * The items with every reference replaced by what it refers to, unless the conversation holds that already.
 * @throws HostError `invalid_request` for a reference to nothing, and for two items with one id.
 */
export async function resolveReferences(
  items: readonly InputItem[],
  soFar: SoFar,
  records: Pick<ResponseRecords, 'find'>,
): Promise<InputItem[]> {
  refuseDoubles(items)
  const resolved: InputItem[] = []
  for (const [index, item] of items.entries()) {
    resolved.push(item.type === 'item_reference' ? await resolve(item, `input[${index}].id`, soFar, records) : item)
  }
  return resolved
}

/** One item each, so that places in the request stay what they are. */
async function resolve(
  reference: Extract<InputItem, { type: 'item_reference' }>,
  path: string,
  soFar: SoFar,
  records: Pick<ResponseRecords, 'find'>,
): Promise<InputItem> {
  const place = placeOfItem(reference.id)
  const record = place && (await records.find(place.responseId))
  const item = record && itemAt(record, place.index)
  if (!item) throw badRequest(path, `there is no item ${JSON.stringify(reference.id)}`)
  return isInConversation(record, soFar) ? reference : (readItem(item, path) ?? reference)
}

function itemAt({ final, input }: ResponseRecord, index: number): unknown {
  return isInputPlace(index) ? input[toInputIndex(index)] : final?.response.output[index]
}

function isInConversation({ sessionId, runId }: ResponseRecord, soFar: SoFar): boolean {
  return sessionId === soFar.sessionId && soFar.path.some((entry) => entry.runId === runId)
}

function refuseDoubles(items: readonly InputItem[]): void {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    if (item.id == null) continue
    if (seen.has(item.id)) throw badRequest(`input[${index}].id`, `${JSON.stringify(item.id)} is there twice`)
    seen.add(item.id)
  }
}
