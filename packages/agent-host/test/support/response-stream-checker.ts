/** An event of a streamed Response, as a client reads it. */
export interface StreamedEvent {
  type: string
  sequence_number: number
  [field: string]: unknown
}

interface Item {
  id: string
  type: string
  [field: string]: unknown
}

interface OpenItem {
  item: Item
  /** Text of each open part by its place; ended parts are `undefined`. */
  parts: Map<string, string | undefined>
}

/** Refuses a stream that a client would choke on; every call throws an `Error` that says where and why. */
export interface StreamChecker {
  add(event: StreamedEvent): void
  /** That the stream ended as it must. Returns the last Response. */
  end(): Record<string, unknown>
}

/** The statuses that each end may have. */
const endings = new Map([
  ['response.completed', ['completed']],
  ['response.incomplete', ['incomplete', 'cancelled']],
  ['response.failed', ['failed']],
])

/** For each kind of text: how it is streamed, and where its whole stands in the event that ends it. */
const streamed: Record<string, { done: string; whole: string }> = {
  'response.output_text.delta': { done: 'response.output_text.done', whole: 'text' },
  'response.refusal.delta': { done: 'response.refusal.done', whole: 'refusal' },
  'response.reasoning_text.delta': { done: 'response.reasoning_text.done', whole: 'text' },
  'response.reasoning.delta': { done: 'response.reasoning.done', whole: 'text' },
  'response.reasoning_summary_text.delta': { done: 'response.reasoning_summary_text.done', whole: 'text' },
  'response.function_call_arguments.delta': { done: 'response.function_call_arguments.done', whole: 'arguments' },
  'response.mcp_call_arguments.delta': { done: 'response.mcp_call_arguments.done', whole: 'arguments' },
  'response.custom_tool_call_input.delta': { done: 'response.custom_tool_call_input.done', whole: 'input' },
}
const wholeOf = new Map(Object.values(streamed).map(({ done, whole }) => [done, whole]))

export function createStreamChecker(): StreamChecker {
  const open = new Map<number, OpenItem>()
  const done: Item[] = []
  let count = 0
  let added = 0
  let last: Record<string, unknown> | undefined
  let isCreated = false

  function openItem(event: StreamedEvent): OpenItem {
    const found = open.get(event.output_index as number)
    if (!found) return fail(event, `no item is open at ${String(event.output_index)}`)
    if (found.item.id !== event.item_id) fail(event, `the item at ${String(event.output_index)} is ${found.item.id}`)
    return found
  }

  function addPart(event: StreamedEvent, kind: string): void {
    const { parts } = openItem(event)
    const place = placeOf(event, kind)
    if (parts.has(place)) fail(event, 'the part is there already')
    const before = [...parts.keys()].filter((each) => each.startsWith(`${kind} `)).length
    if ((event.content_index ?? event.summary_index) !== before) fail(event, `the next part is ${before}`)
    parts.set(place, '')
  }

  function addDelta(event: StreamedEvent, kind: string): void {
    const { parts } = openItem(event)
    const place = placeOf(event, kind)
    const text = parts.get(place) ?? (isCall(event) && !parts.has(place) ? '' : undefined)
    if (text === undefined) return fail(event, 'the part is not open')
    parts.set(place, text + String(event.delta))
  }

  function endText(event: StreamedEvent, kind: string): void {
    const { parts } = openItem(event)
    const text = parts.get(placeOf(event, kind)) ?? ''
    const whole = event[wholeOf.get(event.type) ?? '']
    if (text !== whole) fail(event, `the deltas say ${JSON.stringify(text)}, the end ${JSON.stringify(whole)}`)
  }

  function endItem(event: StreamedEvent): void {
    const item = event.item as Item
    const found = open.get(event.output_index as number)
    if (!found) return fail(event, 'the item was not added')
    if (found.item.id !== item.id || found.item.type !== item.type) fail(event, 'another item was added there')
    if (item.status === 'in_progress') fail(event, 'an item that is done is in progress')
    for (const [place, text] of found.parts) {
      if (text !== undefined && /^(?:content|summary) /.test(place)) fail(event, `the part ${place} was not ended`)
    }
    open.delete(event.output_index as number)
    done[event.output_index as number] = item
  }

  function end(event: StreamedEvent): void {
    const response = event.response as Record<string, unknown>
    if (open.size > 0) fail(event, `items are open: ${[...open.keys()].join(', ')}`)
    if (JSON.stringify(response.output) !== JSON.stringify(done))
      fail(event, 'the output is not the items that were done')
    const { status, error, incomplete_details: details } = response
    if (!endings.get(event.type)?.includes(String(status))) fail(event, `the Response is ${String(status)}`)
    if ((status === 'failed') !== Boolean(error)) fail(event, 'a failure has an error, and nothing else has')
    if ((status === 'incomplete') !== Boolean(details)) fail(event, 'what is incomplete says why, and nothing else')
    last = response
  }

  function route(event: StreamedEvent): void {
    const { type } = event
    if (endings.has(type)) return end(event)
    if (type === 'response.in_progress' || type === 'response.queued' || type === 'error') return
    if (type === 'response.output_item.added') {
      const index = event.output_index as number
      if (index !== added++) fail(event, `the next item is ${added - 1}`)
      open.set(index, { item: event.item as Item, parts: new Map() })
      return
    }
    if (type === 'response.output_item.done') return endItem(event)
    const kind = kindOf(type)
    if (type.endsWith('part.added')) return addPart(event, kind)
    if (type in streamed) return addDelta(event, kind)
    if (wholeOf.has(type)) return endText(event, kind)
    if (type.endsWith('part.done')) return void openItem(event).parts.set(placeOf(event, kind), undefined)
    if (/^response\.(?:mcp_|output_text\.annotation)/.test(type)) return void openItem(event)
    fail(event, 'no client knows this event')
  }

  return {
    add(event) {
      if (last) fail(event, 'the stream had ended')
      if (event.sequence_number !== count++) fail(event, `the next number is ${count - 1}`)
      if (!isCreated && event.type !== 'response.created') fail(event, 'the first event is response.created')
      if (isCreated && event.type === 'response.created') fail(event, 'created twice')
      isCreated = true
      if (event.type !== 'response.created') route(event)
    },
    end() {
      if (!last) throw new Error(`the stream ended without its end, after ${count} events`)
      return last
    },
  }
}

function kindOf(type: string): string {
  if (type.includes('summary')) return 'summary'
  return /function_call|mcp_call|custom_tool_call/.test(type) ? 'call' : 'content'
}

/** Arguments are streamed without a part of their own. */
function isCall(event: StreamedEvent): boolean {
  return kindOf(event.type) === 'call'
}

function fail(event: StreamedEvent, why: string): never {
  throw new Error(`event ${event.sequence_number} (${event.type}): ${why}`)
}

function placeOf(event: StreamedEvent, kind: string): string {
  const index = event.content_index ?? event.summary_index
  return typeof index === 'number' ? `${kind} ${index}` : kind
}
