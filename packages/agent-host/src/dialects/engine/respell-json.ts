const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** How a notation writes what JSON has. */
export interface Spelling {
  /** A key with what separates it from its value; `depth` 1 is the outermost object. */
  key(text: string, depth: number): string
  string(text: string): string
  /** A number, `true`, `false` or `null`. */
  scalar(word: string): string
  comma: string
}

/** JSON in another notation, its numbers digit by digit as they were. */
export function respellJson(json: string, spelling: Spelling): string {
  const tokens = json.match(token) ?? []
  let depth = 0
  return tokens
    .map((word, index) => {
      if (word === ':') return ''
      if (word === ',') return spelling.comma
      if (word.startsWith('"')) {
        const text = JSON.parse(word) as string
        return tokens[index + 1] === ':' ? spelling.key(text, depth) : spelling.string(text)
      }
      if ('{['.includes(word)) depth++
      else if ('}]'.includes(word)) depth--
      else return spelling.scalar(word)
      return word
    })
    .join('')
}
