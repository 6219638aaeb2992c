import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

/** A request with a JSON body, and the JSON that it is answered with. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const parsed: unknown = text === '' ? {} : JSON.parse(text)
  return { status: response.status, body: parsed as Record<string, unknown>, headers: response.headers }
}

export interface StartedRun {
  run_id: string
  session_id: string
}

export async function startRun(url: string, message: string, more: object = {}): Promise<StartedRun> {
  const { status, body } = await send('POST', `${url}/api/v1/runs`, { message, ...more })
  if (status !== 202) throw new Error(JSON.stringify(body))
  return body as unknown as StartedRun
}

export function eventsUrl(url: string, { run_id }: StartedRun): string {
  return `${url}/api/v1/runs/${run_id}/events`
}

export async function openStream(url: string, lastEventId?: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false, headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  return response
}

/** The events of a stream as they stand in it, until the end, or until `most` of them, after which we hang up. */
export async function readEvents(url: string, lastEventId?: string, most = Infinity): Promise<string[]> {
  const events: string[] = []
  let text = ''
  for await (const piece of await openStream(url, lastEventId)) {
    const parts = (text + String(piece)).split('\n\n')
    text = parts.pop() ?? ''
    events.push(...parts.filter((event) => !event.startsWith(':')))
    if (events.length >= most) return events.slice(0, most)
  }
  return events
}

export function idOf(event: string | undefined): string | undefined {
  return /^id: (\d+)$/m.exec(event ?? '')?.[1]
}

export function dataOf(event: string | undefined): Record<string, unknown> {
  return JSON.parse(/^data: (.*)$/m.exec(event ?? '')?.[1] ?? '{}') as Record<string, unknown>
}
