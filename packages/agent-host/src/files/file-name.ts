/**
 * An id as a file name, and back. Capitals are marked, as some file systems do not tell them from small letters.
 * The id has to be one that `checkId` passes.
 */
export function toFileName(id: string): string {
  return id.replaceAll(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`)
}

export function fromFileName(name: string): string {
  return name.replaceAll(/=([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
