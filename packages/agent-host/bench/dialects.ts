import { dialects, findDialect } from '../src/dialects/registry.ts'
import type { Dialect } from '../src/dialects/dialect.ts'

/** Speeds of the dialects on one core: `node bench/dialects.ts`. */

const prose = 'The quick brown fox jumps over the lazy dog, and the weather stays fine. It went on so.\n'
const korean = '오늘 서울의 날씨는 맑고 바람이 조금 붑니다. 내일은 비가 올 수 있으니 우산을 챙기세요.\n'
const markdown =
  '## Title\n\nUse `map` and [a link](https://x.y):\n\n```ts\nif (a < b && c > d) { return list[0] }\n```\n\n'
const tools = [{ name: 'write_file', parameters: {} }]
const auto = findDialect('auto')

function read(dialect: Dialect, text: string, size: number): void {
  const parser = dialect.createParser({ tools, newId: String })
  for (let at = 0; at < text.length; at += size) parser.push(text.slice(at, at + size))
  parser.end('stop')
}

/** The best of several runs, in milliseconds. */
function time(run: () => void, runs = 5): number {
  let best = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < runs; turn++) {
    const before = performance.now()
    run()
    best = Math.min(best, performance.now() - before)
  }
  return best
}

/** Bytes in UTF-8 a second, in millions. */
function speed(dialect: Dialect, unit: string, length: number, size: number): string {
  const text = unit.repeat(Math.ceil(length / unit.length))
  read(dialect, text, size)
  const milliseconds = time(() => read(dialect, text, size))
  return (Buffer.byteLength(text) / 1_000 / milliseconds).toFixed(size < 100 ? 1 : 0)
}

function argumentTime(dialect: Dialect, length: number): number {
  const json = JSON.stringify({ text: 'All work and no play. '.repeat(length / 22) })
  const text = dialect.write([{ id: '0', name: 'write_file', arguments: json }])
  read(dialect, text, 4)
  return time(() => read(dialect, text, 4))
}

const rows = [...dialects, ...(auto ? [auto] : [])].map((dialect) => {
  const small = argumentTime(dialect, 100_000)
  const large = argumentTime(dialect, 1_000_000)
  return {
    dialect: dialect.name,
    'prose MB/s': speed(dialect, prose, 32e6, 4096),
    'Korean MB/s': speed(dialect, korean, 16e6, 4096),
    'Markdown MB/s': speed(dialect, markdown, 16e6, 4096),
    'by 4 MB/s': speed(dialect, prose, 2e6, 4),
    'angles MB/s': speed(dialect, '<', 1e6, 4096),
    'braces MB/s': speed(dialect, '{', 1e6, 4096),
    '100 KB argument ms': small.toFixed(1),
    '1 MB over 100 KB': (large / small).toFixed(1),
  }
})
console.table(rows)
