import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import type { Processes } from '../../src/files/process-identity.ts'
import { openFolderStores, type Stores } from '../../src/runs/stores.ts'
import type { Entry } from '../../src/sessions/entry.ts'
import { runs } from '../../../../test/scale.ts'
import { intentDraft, messageDraft } from '../sessions/drafts.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { createForgetfulFileSystem } from './forgetful-file-system.ts'

const ttlMs = 600_000

/** After a power cut, no process is what it was. */
const dead: Processes = { self: { where: 'here', pid: 1, start: '' }, isAlive: () => false }

const anyId = fc.constantFrom('one', 'two')
const anyCommand = fc.oneof(
  fc.record({ type: fc.constant('create' as const), id: anyId }),
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('append' as const), id: anyId, count: fc.integer({ min: 1, max: 4 }) }),
  },
  fc.record({ type: fc.constant('change' as const), id: anyId }),
  fc.record({ type: fc.constant('fork' as const), id: anyId }),
  fc.record({ type: fc.constant('delete' as const), id: anyId }),
  fc.record({ type: fc.constant('put' as const), id: anyId }),
  fc.record({ type: fc.constant('drop' as const), id: anyId }),
  fc.record({ type: fc.constant('run' as const), count: fc.integer({ min: 1, max: 4 }), ends: fc.boolean() }),
)
type Command = typeof anyCommand extends fc.Arbitrary<infer Value> ? Value : never

const anyLife = fc.record({
  commands: fc.array(anyCommand, { minLength: 1, maxLength: 12 }),
  cutIn: fc.integer({ min: 1, max: 250 }),
})

/** What a session holds, as far as the test tells it apart. */
interface Content {
  title: string
  texts: readonly string[]
}

/** What may be kept under each key: one thing that was acknowledged, or what an operation without an answer left. */
type Allowed = Map<string, readonly unknown[]>

test('every acknowledged session, entry, change, record and run survives power cuts at any operation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLife, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(), { minLength: 1 }),
      async (lives, choices) => {
        let chosen = 0
        const fileSystem = createForgetfulFileSystem((count) => (choices[chosen++ % choices.length] ?? 0) % count)
        const allowed: Allowed = new Map()
        let number = 0
        const next = (): string => `text ${++number}`
        const log = createQuietLog()
        for (const { commands, cutIn } of lives) {
          const stores = openFolderStores('/data', { fileSystem, processes: dead, log })
          fileSystem.cutPowerIn(cutIn)
          await runUntilCut(stores, commands, allowed, next)
          fileSystem.reboot()
          await untilLater()
          const rebooted = openFolderStores('/data', { fileSystem, processes: dead, log })
          for (const [key, states] of allowed) {
            const found = await lookUp(rebooted, key)
            expect(states).toContainEqual(found)
            allowed.set(key, [found])
          }
          await expectUsable(rebooted, allowed)
          // A torn line that was joined to the next one.
          expect(log.said.filter((words) => words.includes('cannot be read'))).toEqual([])
        }
      },
    ),
    { numRuns: runs(10_000) },
  )
})

/** A machine takes longer to start than a millisecond, by which sessions of one id are told apart. */
async function untilLater(): Promise<void> {
  const at = Date.now()
  while (Date.now() === at) await setImmediate()
}

/** Runs the commands one after another; where one fails, both of its outcomes are allowed, and nothing follows. */
async function runUntilCut(
  stores: Stores,
  commands: readonly Command[],
  allowed: Allowed,
  next: () => string,
): Promise<void> {
  for (const command of commands) {
    const planned = planOf(stores, command, allowed, next)
    if (!planned) continue
    const [before] = allowed.get(planned.key) ?? [undefined]
    try {
      await planned.work()
      allowed.set(planned.key, planned.after)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'store_failed') throw error
      allowed.set(planned.key, [before, ...(planned.between ?? []), ...planned.after])
      return
    }
  }
}

interface Plan {
  key: string
  /** What may be found once it was acknowledged. */
  after: readonly unknown[]
  /** What else may be found where it gave no answer. */
  between?: readonly unknown[]
  work(): Promise<unknown>
}

/** `undefined` for what cannot be done now. */
function planOf(stores: Stores, command: Command, allowed: Allowed, next: () => string): Plan | undefined {
  if (command.type === 'run') return planRun(stores, command, next)
  const { type, id } = command
  if (type === 'put') {
    const record = { text: next() }
    return { key: `record:${id}`, after: [record], work: () => stores.records.put('response', id, record) }
  }
  if (type === 'drop') {
    return { key: `record:${id}`, after: [undefined], work: () => stores.records.delete('response', id) }
  }
  const contentOf = (session: string): Content | undefined =>
    allowed.get(`session:${session}`)?.[0] as Content | undefined
  const content = contentOf(id)
  const key = `session:${id}`
  const title = next()
  if (type === 'create') {
    if (content) return undefined
    return { key, after: [{ title, texts: [] }], work: () => stores.sessions.create({ id, title }) }
  }
  if (!content) return undefined
  if (type === 'append') {
    const texts = Array.from({ length: command.count }, next)
    return {
      key,
      after: [{ ...content, texts: [...content.texts, ...texts] }],
      work: () => appendTexts(stores, id, texts),
    }
  }
  if (type === 'change') {
    return { key, after: [{ ...content, title }], work: () => stores.sessions.change(id, { title }) }
  }
  if (type === 'delete') return { key, after: [undefined], work: () => stores.sessions.delete(id) }
  const fork = id === 'one' ? 'two' : 'one'
  if (contentOf(fork) || content.texts.length === 0) return undefined
  return {
    key: `session:${fork}`,
    after: [{ ...content, title }],
    async work() {
      const last = (await stores.sessions.entries(id)).at(-1)
      await stores.sessions.fork(id, last?.id ?? '', { id: fork, title })
    },
  }
}

function planRun({ runs: store }: Stores, { count, ends }: Command & { type: 'run' }, next: () => string): Plan {
  const id = next().replace('text ', 'run_')
  const texts = Array.from({ length: count }, next)
  const prefixes = Array.from({ length: count + 1 }, (_, length) => texts.slice(0, length))
  const running = prefixes.map((events) => ({ state: 'running', events }))
  const done = { state: 'done', events: texts }
  return {
    key: `run:${id}`,
    // Events are not synced before the end: the session has what matters of them.
    after: ends ? [done] : running,
    between: [{ state: 'queued', events: [] }, ...running],
    async work() {
      const claim = await store.create({ id, sessionId: 'one', owner: 'process-1', ttlMs })
      await store.start(claim, 'm')
      await store.append(claim, 1, texts.slice(0, 1).map(toEvent))
      await store.append(claim, 2, texts.slice(1).map(toEvent))
      if (ends) await store.end(claim, 'done')
    },
  }
}

async function appendTexts({ sessions }: Stores, id: string, texts: readonly string[]): Promise<void> {
  const attempt = await sessions.claim(id, 'run_1', ttlMs)
  if (!attempt.claimed) throw new Error(`the session is held by ${attempt.owner}`)
  await sessions.append(
    attempt.claim,
    texts.map((text, i) => (i % 2 ? intentDraft(text) : messageDraft(text))),
  )
  await sessions.release(attempt.claim)
}

/** What a store has under a key of the model. */
async function lookUp({ sessions, records, runs: store }: Stores, key: string): Promise<unknown> {
  const [kind, id = ''] = key.split(':')
  if (kind === 'record') return await records.get('response', id)
  if (kind === 'session') {
    const session = await sessions.get(id)
    return session && { title: session.title, texts: (await sessions.entries(id)).map(toText) }
  }
  const run = await store.get(id)
  const events = run && (await store.read(id, 0, 1000)).events
  return run && { state: run.state, events: events?.map(({ event }) => ('text' in event ? event.text : event.type)) }
}

/** Everything that survived can be gone on with; the model learns of what that adds. */
async function expectUsable(stores: Stores, allowed: Allowed): Promise<void> {
  const unended = [...allowed].filter(([, [found]]) => isUnended(found)).map(([key]) => key.replace('run:', ''))
  expect((await stores.runs.lost()).map(({ id }) => id).toSorted()).toEqual(unended.toSorted())
  for (const id of unended) {
    const claim = await stores.runs.takeOver(id, 'process-2', ttlMs)
    if (!claim) throw new Error(`nobody has ${id}, and yet it cannot be taken over`)
    const { lastSequence = 0 } = (await stores.runs.get(id)) ?? {}
    await stores.runs.append(claim, lastSequence + 1, [toEvent('after the cut')])
    await stores.runs.end(claim, 'failed')
  }
  for (const [key, [found]] of allowed) {
    const id = key.replace('session:', '')
    if (key.startsWith('session:') && found) await appendTexts(stores, id, ['after the cut'])
  }
  for (const [key, [found]] of allowed) {
    const now = await lookUp(stores, key)
    expect(now).toEqual(goneOn(key, found))
    allowed.set(key, [now])
  }
  await stores.close()
}

function goneOn(key: string, found: unknown): unknown {
  if (key.startsWith('session:') && found) {
    const { title, texts } = found as Content
    return { title, texts: [...texts, 'after the cut'] }
  }
  if (!isUnended(found)) return found
  return { state: 'failed', events: [...(found as { events: string[] }).events, 'after the cut'] }
}

function isUnended(found: unknown): boolean {
  return (
    typeof found === 'object' &&
    found !== null &&
    'state' in found &&
    ['queued', 'running'].includes(String(found.state))
  )
}

function toEvent(text: string): AgentEvent {
  return { type: 'text-delta', index: 0, text }
}

function toText({ body }: Entry): string {
  if (body.type === 'tool-intent') return body.call.id
  return body.type === 'message'
    ? body.message.parts.map((part) => ('text' in part ? part.text : '')).join('')
    : body.type
}
