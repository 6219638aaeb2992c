import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { JsonRecord, RecordKind, RecordLifetimes, RecordStore } from '../../src/sessions/record-store.ts'

export interface OpenRecords {
  /** At least one; all over the same data. */
  handles: readonly RecordStore[]
  close(): Promise<void>
}

const anyRecord = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonRecord)
const anyCommand = fc.record({
  handle: fc.nat({ max: 3 }),
  kind: fc.constantFrom<RecordKind>('response', 'conversation', 'chat-steps'),
  id: fc.constantFrom('a', 'A', 'resp_1'),
  /** Absent: delete. */
  record: fc.option(anyRecord),
})

/** What every record store does. */
export function testRecordStore(name: string, open: (lifetimes?: RecordLifetimes) => Promise<OpenRecords>): void {
  test(`${name}: a record is what was last put under its kind and id`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCommand, { maxLength: 20 }), async (commands) => {
        const { handles, close } = await open()
        const model = new Map<string, JsonRecord>()
        try {
          for (const { handle, kind, id, record } of commands) {
            const store = handles[handle % handles.length]
            if (!store) throw new Error('no store was opened')
            const key = `${kind}/${id}`
            const deleted = record ? await store.put(kind, id, record) : await store.delete(kind, id)
            expect(deleted).toBe(record ? undefined : model.delete(key))
            if (record) model.set(key, record)
            for (const each of handles) expect(await each.get(kind, id)).toEqual(model.get(key))
          }
        } finally {
          await close()
        }
      }),
      { numRuns: 50 },
    )
  })

  test(`${name}: records of a kind with an end are gone after it, and those of other kinds are not`, async () => {
    const { handles, close } = await open({ 'chat-steps': 300 })
    const [store] = handles
    if (!store) throw new Error('no store was opened')
    await store.put('response', 'a', { number: 1 })
    await store.put('chat-steps', 'a', { number: 1 })
    await store.put('chat-steps', 'b', { number: 1 })
    await store.put('chat-steps', 'a', { number: 2 })
    for (const each of handles) expect(await each.get('chat-steps', 'a')).toEqual({ number: 2 })
    await vi.waitFor(async () => expect(await store.get('chat-steps', 'a')).toBeUndefined(), { timeout: 20_000 })
    expect(await store.delete('chat-steps', 'b')).toBe(false)
    await store.removeOld()
    expect(await store.removeOld()).toBe(0)
    await store.put('chat-steps', 'a', { number: 3 })
    expect(await store.get('chat-steps', 'a')).toEqual({ number: 3 })
    expect(await store.get('response', 'a')).toEqual({ number: 1 })
    await close()
  })

  test(`${name}: ids that could reach other files or keys are refused`, async () => {
    const { handles, close } = await open()
    const [store] = handles
    for (const id of ['', '..', '../x', 'a/b', 'a\u0000']) {
      await expect(store?.put('response', id, {})).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(store?.get('response', id)).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(store?.delete('response', id)).rejects.toMatchObject({ code: 'invalid_request' })
    }
    await close()
  })
}
