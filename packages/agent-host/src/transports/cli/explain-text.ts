import { styleText } from 'node:util'
import type { ModelEvent, TextRange } from '../../core/events.ts'

/** What characters can become, each painted over those before it: a malformed call hides what was streamed of it. */
const layers = ['framing', 'content', 'reasoning', 'arguments', 'problem'] as const
type Layer = (typeof layers)[number]

const colours = { framing: 'cyan', content: 'white', reasoning: 'gray', arguments: 'green', problem: 'red' } as const

interface Mark extends TextRange {
  layer: Layer
  /** Words for the stretch that begins, or for an end that ends, here. */
  note?: string
}

/** Which characters of a model's text became what: one line for each stretch, coloured on a terminal. */
export function explainText(text: string, events: readonly ModelEvent[]): string {
  const marks = events.map(toMark).filter((mark) => mark !== undefined)
  const painted = new Uint8Array(text.length)
  for (const [depth, layer] of layers.entries()) {
    for (const mark of marks) if (mark.layer === layer) painted.fill(depth, mark.start, mark.end)
  }
  const starts = new Set(marks.filter(({ note }) => note !== undefined).map(({ start }) => start))
  const width = String(text.length).length
  let shown = ''
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = start + 1
    while (end < text.length && painted[end] === painted[start] && !starts.has(end)) end++
    const layer = layers[painted[start] ?? 0] ?? 'framing'
    const notes = marks.filter((mark) => mark.note !== undefined && mark.start === start).map(({ note }) => note)
    shown += line(`${String(start).padStart(width)}-${String(end).padEnd(width)}`, layer, text.slice(start, end), notes)
  }
  return shown
}

function line(range: string, layer: Layer, text: string, notes: readonly (string | undefined)[]): string {
  const label = styleText('bold', layer.padEnd(9), { stream: process.stdout })
  const body = styleText(colours[layer], JSON.stringify(text), { stream: process.stdout })
  return `${range}  ${label}  ${[body, ...notes].join('  ')}\n`
}

function toMark(event: ModelEvent): Mark | undefined {
  if (!('range' in event) || event.range === undefined) return undefined
  const { range } = event
  switch (event.type) {
    case 'text-delta':
      return { ...range, layer: 'content' }
    case 'reasoning-delta':
      return { ...range, layer: 'reasoning' }
    case 'tool-input-delta':
      return { ...range, layer: 'arguments' }
    case 'malformed-call':
      return { ...range, layer: 'problem', note: event.problem }
    case 'tool-call':
      return { ...range, layer: 'framing', note: [`call ${event.name}`, ...(event.repairs ?? [])].join('; ') }
    default:
      return { ...range, layer: 'framing' }
  }
}
