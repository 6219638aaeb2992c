const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const nine = /^[A-Za-z0-9]{9}$/

/** Gives every id of a conversation 9 letters and digits of its own, the same each time; those that have them keep them. */
export function createNineCharacterIds(ids: readonly string[]): (id: string) => string {
  const given = new Map<string, string>()
  const taken = new Set(ids.filter((id) => nine.test(id)))
  for (const id of ids) {
    if (given.has(id)) continue
    let short = id
    for (let attempt = 0; !nine.test(short) || (short !== id && taken.has(short)); attempt++) {
      short = hash(`${id}${'\0'.repeat(attempt)}`)
    }
    taken.add(short)
    given.set(id, short)
  }
  return (id) => given.get(id) ?? hash(id)
}

/** FNV-1a in two halves, as 9 letters and digits. */
function hash(text: string): string {
  const halves = [0x811c9dc5, 0x01000193]
  for (let at = 0; at < text.length; at++) {
    for (const half of [0, 1]) halves[half] = Math.imul((halves[half] ?? 0) ^ (text.charCodeAt(at) + half), 0x01000193)
  }
  let number = (BigInt((halves[0] ?? 0) >>> 0) << 32n) | BigInt((halves[1] ?? 0) >>> 0)
  let short = ''
  while (short.length < 9) {
    short += alphanumerics.charAt(Number(number % 62n))
    number /= 62n
  }
  return short
}
