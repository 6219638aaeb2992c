/** `+09:00`, or `+08:27:52` for clocks of before standard time. */
export function toOffsetText(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1_000
  const parts = [seconds / 3_600, (seconds / 60) % 60, seconds % 60].map((part) => pad(Math.floor(part)))
  return `${offsetMs < 0 ? '-' : '+'}${(seconds % 60 === 0 ? parts.slice(0, 2) : parts).join(':')}`
}

/** ISO 8601 with the offset; years of more than four digits, or before 0, with sign and six. */
export function toIsoText(epochMs: number, offsetMs: number): string {
  return new Date(epochMs + offsetMs).toISOString().slice(0, -1) + toOffsetText(offsetMs)
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}
