import { expect, test } from 'vitest'
import { userMessage } from '../../src/index.ts'
import { startPassing } from '../../src/runs/start-passing.ts'
import { manageRuns } from './managed-runs.ts'

test('nothing is left of a passing run once it was read to its end', async () => {
  await using runs = await manageRuns()
  const { fake, manager, stores } = runs
  fake.script({ text: 'Hello.' })
  const place = { runs: manager, stores }
  const { runId, sessionId, ended } = await startPassing(place, { messages: [userMessage('Hi.')] }, Date.now())
  const types: string[] = []
  for await (const { event } of manager.follow(runId)) types.push(event.type)
  await ended
  expect(types.at(-1)).toBe('run-end')
  await expect.poll(() => stores.sessions.get(sessionId)).toBeUndefined()
  expect(await stores.runs.get(runId)).toBeUndefined()
})

test('a passing run can be read after its end by whoever has not yet', async () => {
  await using runs = await manageRuns()
  const { fake, manager, stores } = runs
  fake.script({ text: 'Hello.' })
  const place = { runs: manager, stores }
  const { runId, ended } = await startPassing(place, { messages: [userMessage('Hi.')] }, Date.now())
  await ended
  expect((await runs.eventsOf(runId)).at(-1)?.type).toBe('run-end')
})
