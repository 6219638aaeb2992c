import { expect, test } from 'vitest'
import { createNotifier } from '../../src/core/notifier.ts'
import { waitUntil } from '../../src/core/wait-until.ts'

test('what happens while nobody waits is known at the next wait, once', async () => {
  const notifier = createNotifier()
  const subscription = notifier.subscribe('a')
  notifier.notify('a')
  notifier.notify('a')
  await subscription.next()
  let woken = false
  const waiting = subscription.next().then(() => (woken = true))
  notifier.notify('b')
  await new Promise(setImmediate)
  expect(woken).toBe(false)
  notifier.notify('a')
  expect(await waiting).toBe(true)
})

test('a wait ends after its time, at the abort, and when it is closed', async () => {
  const notifier = createNotifier()
  const ended: string[] = []
  await notifier.subscribe('a').next(1)
  ended.push('time')
  const abort = new AbortController()
  const aborted = notifier.subscribe('a', abort.signal)
  const waiting = aborted.next()
  abort.abort()
  await waiting
  await aborted.next()
  ended.push('abort')
  const closed = notifier.subscribe('a')
  const last = closed.next()
  closed.close()
  await last
  expect(ended).toEqual(['time', 'abort'])
})

test('waiting looks again at each notice and at the time that it was told', async () => {
  const notifier = createNotifier()
  let looks = 0
  const look = async () => (++looks < 3 ? { found: false as const } : { found: true as const, value: looks })
  const waiting = waitUntil(notifier, 'a', undefined, look)
  for (let i = 0; i < 3; i++) {
    await new Promise(setImmediate)
    notifier.notify('a')
  }
  expect(await waiting).toBe(3)

  let again = 0
  const soon = async () =>
    ++again < 3 ? { found: false as const, lookAgainInMs: 1 } : { found: true as const, value: again }
  expect(await waitUntil(notifier, 'a', undefined, soon)).toBe(3)
  expect(await waitUntil(notifier, 'a', AbortSignal.abort(), look)).toBeUndefined()
})
