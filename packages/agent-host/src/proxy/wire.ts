/*
 * The fields of a chat completion that the proxy reads or edits. Nothing here is validated by a schema: what has another
 * shape than expected is passed on as it is, and a schema for each event of a stream would cost more than all the rest.
 */

/** A `delta` of a stream, or the `message` of a whole answer. */
export type WireDelta = Record<string, unknown>

/** A choice of a chunk or of a whole answer. */
export interface WireChoice extends Record<string, unknown> {
  index?: unknown
  delta?: unknown
  message?: unknown
  finish_reason?: unknown
}

export interface WireChunk extends Record<string, unknown> {
  choices?: unknown
  error?: unknown
}

/** An entry of `tool_calls`. */
export interface WireCall extends Record<string, unknown> {
  index?: unknown
  id?: unknown
  function?: unknown
}

export interface WireFunction extends Record<string, unknown> {
  name?: unknown
  arguments?: unknown
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects of a list; none where it is no list. */
export function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : []
}

/** The text of a field, or '' where it is none. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The JSON value of a text; undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
