import { z } from 'zod'
import { HostError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import type { Message } from '../../../core/message.ts'
import type { Stores } from '../../../runs/stores.ts'
import { claimWhenFree } from '../../../sessions/claim.ts'
import { type Entry, type EntryDraft, pathTo } from '../../../sessions/entry.ts'
import { badRequest, parseAt } from './bad-request.ts'
import { entryOfItem, type ListedItem, toConversationItems } from './conversation-items.ts'
import { readItems } from './input-item.ts'
import { toInputMessages } from './input-messages.ts'

export interface ConversationsParts {
  stores: Pick<Stores, 'sessions' | 'records'>
  unseal(sealed: string): string | undefined
  /** Milliseconds since 1970. */
  now: () => number
}

export interface Conversation {
  id: string
  object: 'conversation'
  created_at: number
  metadata: Record<string, string>
}

/** Conversations that Responses add to. Every method with an id throws HostError `not_found`. */
export interface Conversations {
  /** @throws HostError `invalid_request` */
  create(body: unknown): Promise<Conversation>
  get(id: string): Promise<Conversation>
  /** Sets the metadata. @throws HostError `invalid_request` */
  update(id: string, body: unknown): Promise<Conversation>
  delete(id: string): Promise<void>
  /** Its items, oldest first. */
  items(id: string): Promise<ListedItem[]>
  /** The session that holds it. */
  sessionOf(id: string): Promise<string>
  /** Adds items and gives them as they are listed. @throws HostError `invalid_request` */
  add(id: string, body: unknown): Promise<ListedItem[]>
  /** Goes on without the item and whatever else was said in the same message. */
  remove(id: string, itemId: string): Promise<Conversation>
}

const metadata = z.record(z.string(), z.string()).default({})
const createBody = z.looseObject({ items: z.array(z.unknown()).max(1000).nullish(), metadata: metadata.nullish() })
const updateBody = z.looseObject({ metadata })
const addBody = z.looseObject({ items: z.array(z.unknown()).min(1).max(1000) })

const stored = z.object({ sessionId: z.string(), created_at: z.number(), metadata: z.record(z.string(), z.string()) })
type Stored = z.output<typeof stored>

const claimMs = 10_000

export function createConversations(parts: ConversationsParts): Conversations {
  const { sessions, records } = parts.stores

  async function find(id: string): Promise<Stored> {
    const found = /^conv_[\w-]{1,90}$/.test(id)
      ? stored.safeParse(await records.get('conversation', id)).data
      : undefined
    if (found) return found
    throw new HostError('not_found', `There is no conversation ${JSON.stringify(id)}.`)
  }

  async function addItems(sessionId: string, items: readonly unknown[]): Promise<ListedItem[]> {
    const before = await pathOf(sessions, sessionId)
    const drafts = toMessages(items, before, parts.unseal).map(toDraft)
    if (drafts.length === 0) return []
    return toConversationItems(await append(sessions, sessionId, async () => drafts))
  }

  return {
    async create(body) {
      const { items, metadata: given } = parseAt(createBody, body ?? {}, '')
      toMessages(items ?? [], [], parts.unseal)
      const { id: sessionId } = await sessions.create()
      const record = { sessionId, created_at: Math.floor(parts.now() / 1000), metadata: given ?? {} }
      const id = createId('conv')
      await records.put('conversation', id, record)
      await addItems(sessionId, items ?? [])
      return toConversation(id, record)
    },
    get: async (id) => toConversation(id, await find(id)),
    async update(id, body) {
      const record = { ...(await find(id)), metadata: parseAt(updateBody, body, '').metadata }
      await records.put('conversation', id, record)
      return toConversation(id, record)
    },
    async delete(id) {
      const { sessionId } = await find(id)
      await records.delete('conversation', id)
      await sessions.delete(sessionId)
    },
    sessionOf: async (id) => (await find(id)).sessionId,
    items: async (id) => toConversationItems(await pathOf(sessions, (await find(id)).sessionId)),
    async add(id, body) {
      const { items } = parseAt(addBody, body, '')
      return await addItems((await find(id)).sessionId, items)
    },
    async remove(id, itemId) {
      const record = await find(id)
      const entryId = entryOfItem(itemId)
      await append(sessions, record.sessionId, async () => {
        const now = await pathOf(sessions, record.sessionId)
        if (!now.some((entry) => entry.id === entryId)) {
          throw new HostError('not_found', `There is no item ${JSON.stringify(itemId)} in ${id}.`)
        }
        return withoutEntry(now, entryId)
      })
      return toConversation(id, record)
    },
  }
}

async function pathOf(sessions: Stores['sessions'], sessionId: string): Promise<Entry[]> {
  return pathTo(await sessions.entries(sessionId))
}

/** Adds entries once nobody else writes to the session. */
async function append(
  sessions: Stores['sessions'],
  sessionId: string,
  toDrafts: () => Promise<EntryDraft[]>,
): Promise<Entry[]> {
  const wait = { ttlMs: claimMs, signal: AbortSignal.timeout(claimMs) }
  const claim = await claimWhenFree(sessions, sessionId, createId('run'), wait)
  try {
    return await sessions.append(claim, await toDrafts())
  } finally {
    await sessions.release(claim)
  }
}

function toMessages(
  items: readonly unknown[],
  before: readonly Entry[],
  unseal: ConversationsParts['unseal'],
): readonly Message[] {
  const calls = toConversationItems(before).flatMap(({ call_id: id }) => (typeof id === 'string' ? [id] : []))
  const { messages, approvals } = toInputMessages(readItems(items, 'items'), {
    lacks: new Set(),
    priorCalls: new Set(calls),
    toCallName: (name, namespace) => (namespace === undefined ? name : `${namespace}__${name}`),
    toMcpName: (_label, name) => name,
    unseal,
  })
  const [approval] = approvals
  if (approval) throw badRequest(approval.path, 'an approval is given with a Response')
  return messages
}

function toDraft(message: Message): EntryDraft {
  return { body: { type: 'message', message } }
}

/** The conversation once more without one entry: entries never change, so that the rest is a new branch. */
function withoutEntry(path: readonly Entry[], entryId: string | undefined): EntryDraft[] {
  const rest = path.filter(({ id, body }) => id !== entryId && body.type === 'message')
  // A branch needs an entry of its own, also where nothing is left.
  const bodies: EntryDraft['body'][] = rest.length > 0 ? rest.map(({ body }) => body) : [{ type: 'cut', trimmed: [] }]
  return bodies.map((body, i) => ({ ...(i === 0 && { parentId: null }), body }))
}

function toConversation(id: string, { created_at, metadata: kept }: Stored): Conversation {
  return { id, object: 'conversation', created_at, metadata: kept }
}
