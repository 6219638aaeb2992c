/** Where an item is kept: in the output of a Response, or in its input. */
export interface ItemPlace {
  responseId: string
  index: number
}

const digits = 4

/**
 * The id of an item in a Response's output, like `msg_0f3a…0002`. It holds the Response's own id, so that a reference
 * to it is found without an index, and a stream that is made again from a run's log has the same ids.
 */
export function toItemId(prefix: string, responseId: string, index: number): string {
  return `${prefix}_${responseId.replace(/^resp_/, '')}${index.toString(16).padStart(digits, '0')}`
}

/** Where the item with this id is; `undefined` for ids that are not ours. */
export function placeOfItem(id: string): ItemPlace | undefined {
  const [, response, index] = /^[a-z_]+_([\da-f]{24,})([\da-f]{4})$/.exec(id) ?? []
  if (response === undefined || index === undefined) return undefined
  return { responseId: `resp_${response}`, index: Number.parseInt(index, 16) }
}

/** Items of the input are numbered from here, so that their ids differ from those of the output. */
const firstInput = 0x8000

/** The id of an item in a Response's input that came without one. */
export function toInputItemId(prefix: string, responseId: string, index: number): string {
  return toItemId(prefix, responseId, firstInput + index)
}

export function isInputPlace(index: number): boolean {
  return index >= firstInput
}

export function toInputIndex(index: number): number {
  return index - firstInput
}
