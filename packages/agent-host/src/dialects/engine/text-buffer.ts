const piecesPerBlock = 512

/** Text that arrives in pieces and is wanted whole, joined in blocks so that millions of pieces stay small. */
export class TextBuffer {
  readonly #blocks: string[] = []
  #pieces: string[] = []

  get empty(): boolean {
    return this.#blocks.length === 0 && this.#pieces.length === 0
  }

  add(piece: string): void {
    if (piece === '') return
    this.#pieces.push(piece)
    if (this.#pieces.length < piecesPerBlock) return
    this.#blocks.push(this.#pieces.join(''))
    this.#pieces = []
  }

  toString(): string {
    return this.#blocks.join('') + this.#pieces.join('')
  }

  /** The whole text, and forgets it. */
  take(): string {
    const text = this.toString()
    this.#blocks.length = 0
    this.#pieces.length = 0
    return text
  }
}
