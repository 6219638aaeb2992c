/** An escape in a string as JSON writes it, `more` text being needed to know, or what is wrong. */
export type Escape =
  | { kind: 'whole'; length: number; json: string }
  | { kind: 'more' }
  | { kind: 'broken'; problem: string }

/** A string that begins here. */
export interface StringForm {
  /** Of its opening quote, any prefix included. */
  length: number
  close: string
  /** Reads what begins with a backslash; none where that is a character like any other. */
  escape?: (text: string, at: number, whole: boolean) => Escape
}

/** How values are written where it is not JSON. */
export interface Notation {
  /** What opens the arguments, what closes them, and what stands between a name and its value. */
  outermost: { open: string; close: string; separator: ':' | '=' }
  /** `(1, 2)` is an array, and `**{…}` among the arguments adds its members to them. */
  python: boolean
  /** The string that begins at `at`: undefined where none does, `more` while that is not known. */
  stringAt(text: string, at: number, whole: boolean): StringForm | 'more' | undefined
}

/** A character as it stands in a JSON string. */
export function toJsonCharacter(char: string): string {
  return JSON.stringify(char).slice(1, -1)
}
