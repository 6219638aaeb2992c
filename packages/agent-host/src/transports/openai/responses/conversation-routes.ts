import type { FastifyInstance } from 'fastify'
import { HostError } from '../../../core/errors.ts'
import { parseAt } from './bad-request.ts'
import type { Conversations } from './conversations.ts'
import { conversationOperations as operations } from './operations.ts'
import { listQuery, toJson, toList } from './wire.ts'

interface WithId {
  Params: { id: string }
}
interface WithItem {
  Params: { id: string; itemId: string }
}

/** `/conversations` and what is below it. */
export function conversationRoutes(app: FastifyInstance, conversations: Conversations): void {
  app.post('/conversations', { config: { operation: operations.create } }, ({ body }) =>
    conversations.create(toJson(body)),
  )
  app.get<WithId>('/conversations/:id', { config: { operation: operations.read } }, ({ params: { id } }) =>
    conversations.get(id),
  )
  app.post<WithId>('/conversations/:id', { config: { operation: operations.change } }, ({ params: { id }, body }) =>
    conversations.update(id, toJson(body)),
  )
  app.delete<WithId>('/conversations/:id', { config: { operation: operations.delete } }, async ({ params: { id } }) => {
    await conversations.delete(id)
    return { id, object: 'conversation.deleted', deleted: true }
  })
  app.get<WithId>(
    '/conversations/:id/items',
    { config: { operation: operations.listItems } },
    async ({ params: { id }, query }) => toList(await conversations.items(id), parseAt(listQuery, query, '')),
  )
  app.post<WithId>(
    '/conversations/:id/items',
    { config: { operation: operations.addItems } },
    async ({ params: { id }, body }) => {
      const added = await conversations.add(id, toJson(body))
      return toList(added, { limit: added.length, order: 'asc' })
    },
  )
  app.get<WithItem>(
    '/conversations/:id/items/:itemId',
    { config: { operation: operations.readItem } },
    async ({ params: { id, itemId } }) => {
      const found = (await conversations.items(id)).find((item) => item.id === itemId)
      if (!found) throw new HostError('not_found', `There is no item ${JSON.stringify(itemId)} in ${id}.`)
      return found
    },
  )
  app.delete<WithItem>(
    '/conversations/:id/items/:itemId',
    { config: { operation: operations.deleteItem } },
    ({ params: { id, itemId } }) => conversations.remove(id, itemId),
  )
}
