import type { Split } from './reply.ts'

/** The text in pieces that join to it again; no pieces of no text. */
export function splitText(text: string, split: Split): string[] {
  if (text === '') return []
  if (split === 'whole') return [text]
  if (Array.isArray(split)) {
    const cuts = [0, ...split.filter((cut: number) => cut > 0 && cut < text.length), text.length]
    return cuts.slice(1).map((end, index) => text.slice(cuts[index], end))
  }
  const size = split === 'character' ? 1 : (split as number)
  const characters = Array.from(text)
  const pieces: string[] = []
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(''))
  return pieces
}
