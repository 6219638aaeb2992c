import { createHash } from 'node:crypto'

/** A unit vector made of the text's words, so that texts that share words are near each other. */
export function embed(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const hash = createHash('sha256').update(word).digest()
    for (let at = 0; at < dimensions; at++) vector[at] = (vector[at] ?? 0) + (hash[at % hash.length] ?? 0) - 127.5
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

/** As `encoding_format: "base64"` wants it: 32-bit floats, little-endian. */
export function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4)
  return bytes.toString('base64')
}
