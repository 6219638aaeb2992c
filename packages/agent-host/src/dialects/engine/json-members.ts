import { isSpace } from './characters.ts'

/** A member of a JSON object, its value as it was written. */
export interface JsonMember {
  key: string
  json: string
}

/** The members of an object that is valid JSON, the last of each key; none where it is something else. */
export function readMembers(object: string): JsonMember[] {
  if (!isObject(object)) return []
  const members = new Map<string, string>()
  let at = object.indexOf('{') + 1
  for (;;) {
    const key = readToken(object, at)
    if (key.text === '') return [...members].map(([name, json]) => ({ key: name, json }))
    const value = readToken(object, key.end + 1)
    members.set(String(JSON.parse(key.text)), value.text)
    at = value.end + 1
  }
}

/** The string that a JSON text is; undefined where it is something else. */
export function readStringValue(json: string): string | undefined {
  return json.startsWith('"') ? String(JSON.parse(json)) : undefined
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** The key or value at or after `from`, without the white space around it, and where its colon or comma stands. */
function readToken(object: string, from: number): { text: string; end: number } {
  let depth = 0
  let at = from
  for (; at < object.length; at++) {
    const char = object.charAt(at)
    if (char === '"') at = endOfString(object, at)
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && depth-- === 0) break
    else if ((char === ',' || char === ':') && depth === 0) break
  }
  let start = from
  let end = at
  while (start < end && isSpace(object.charCodeAt(start))) start++
  while (end > start && isSpace(object.charCodeAt(end - 1))) end--
  return { text: object.slice(start, end), end: at }
}

/** Index of the quote that closes the string at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1
  return at
}
