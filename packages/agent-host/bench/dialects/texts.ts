/** What the dialects are measured on. */
export const prose = 'The quick brown fox jumps over the lazy dog, and the weather stays fine. It went on so.\n'
export const korean = '오늘 서울의 날씨는 맑고 바람이 조금 붑니다. 내일은 비가 올 수 있으니 우산을 챙기세요.\n'
export const markdown =
  '## Title\n\nUse `map` and [a link](https://x.y):\n\n```ts\nif (a < b && c > d) { return list[0] }\n```\n\n'

/** Texts that make a careless scanner look at the same characters again and again. */
export const worst: Record<string, string> = {
  'a million <': '<',
  'a megabyte of {': '{',
  'nested brackets': '[{"a":',
  'near-miss markers': '<tool_cal <|channe <function <｜tool▁cal [TOOL_CAL ',
  'white space after a marker': ' ',
}

export const tools = [
  {
    name: 'write_file',
    parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  },
]

/** Arguments of about `length` characters. */
export function longArguments(length: number): string {
  return JSON.stringify({ text: 'All work and no play makes Jack a dull boy. '.repeat(Math.ceil(length / 44)) })
}
