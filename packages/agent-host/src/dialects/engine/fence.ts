import { isSpace } from './characters.ts'

const backtick = 96
const lineFeed = 10
const quotes = new Set([34, 39, 96])

/**
 * Knows whether the end of the text so far is code or a quotation: inside a fence of three or more backticks, inside
 * backticks opened on this line, or right after a quotation mark. A marker there is being talked about, not used.
 */
export class Fence {
  /** Backticks of the open fence; 0 outside. */
  #fence = 0
  /** Backticks at the very end of the text. */
  #run = 0
  #runOpensLine = true
  #inline = false
  #lineBlank = true
  #last = lineFeed

  /** Whether nothing but white space stands before this place in its line. */
  get atLineStart(): boolean {
    return this.#lineBlank && this.#run === 0
  }

  /** Whether a marker that stood here would be quoted. */
  get protects(): boolean {
    this.#endRun()
    return this.#fence > 0 || this.#inline || quotes.has(this.#last)
  }

  see(text: string): void {
    if (text === '') return
    let at = 0
    while (at < text.length) {
      if (text.charCodeAt(at) === backtick) {
        if (this.#run === 0) this.#runOpensLine = this.#lineBlank
        this.#run++
        this.#lineBlank = false
        at++
        continue
      }
      this.#endRun()
      const next = text.indexOf('`', at)
      const end = next === -1 ? text.length : next
      this.#seeProse(text, at, end)
      at = end
    }
    this.#last = text.charCodeAt(text.length - 1)
  }

  /** Looks from the end back, since only the last line counts; the others only where backticks are open on the first. */
  #seeProse(text: string, from: number, to: number): void {
    let end = to
    while (end > from && isSpace(text.charCodeAt(end - 1)) && text.charCodeAt(end - 1) !== lineFeed) end--
    if (end === from) return
    this.#lineBlank = text.charCodeAt(end - 1) === lineFeed
    if (this.#lineBlank || (this.#inline && text.slice(from, end).includes('\n'))) this.#inline = false
  }

  #endRun(): void {
    if (this.#run === 0) return
    const opensLine = this.#runOpensLine && this.#run >= 3
    if (this.#fence > 0) {
      if (opensLine && this.#run >= this.#fence) this.#fence = 0
    } else if (opensLine) this.#fence = this.#run
    else this.#inline = !this.#inline
    this.#run = 0
  }
}
