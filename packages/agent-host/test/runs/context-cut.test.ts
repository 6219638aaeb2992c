import { expect, test } from 'vitest'
import { type ManagedRuns, manageRuns } from './managed-runs.ts'

/** What the model was shown in its last request, without the instructions. */
const shown = ({ fake }: ManagedRuns): string[] =>
  fake.chats
    .at(-1)
    ?.body.messages?.slice(1)
    .map(({ content }) => String(content)) ?? []

const resultsShown = ({ fake }: ManagedRuns): string[] =>
  fake.chats.at(-1)?.body.messages?.flatMap(({ role, content }) => (role === 'tool' ? [String(content)] : [])) ?? []

const small = { contextLength: 2000 }
const echo = (text: string) => ({ toolCalls: [{ name: 'echo', arguments: { text } }] })

test('old results are left out first, also in later runs; the history stays whole', async () => {
  await using runs = await manageRuns({ contextLength: 4000 })
  const { fake, stores, ask } = runs
  const [a, b] = ['a'.repeat(3000), 'b'.repeat(3000)]
  fake.script(echo(a), { text: 'A.' }, echo(b), { text: 'B.' }, { text: 'C.' })
  const { sessionId } = await ask('First?')
  const { runId } = await ask('Second?', sessionId)
  const cuts = (await runs.eventsOf(runId)).filter(({ type }) => type === 'context-cut')
  expect(cuts).toEqual([{ type: 'context-cut', trimmed: [expect.any(String)] }])
  const results = [expect.stringContaining('An old result') as string, b]
  expect(resultsShown(runs)).toEqual(results)
  await ask('Third?', sessionId)
  expect(resultsShown(runs)).toEqual(results)
  const kept = (await stores.sessions.entries(sessionId)).map(({ body }) => JSON.stringify(body))
  expect(kept.filter((body) => body.includes('tool-result') && body.includes(a))).toHaveLength(1)
  expect(kept.filter((body) => body.includes('"type":"cut"'))).toHaveLength(1)
})

test('where that is not enough, the model sums up what was before, once', async () => {
  await using runs = await manageRuns(small)
  const { fake, ask } = runs
  fake.script({ text: 'One.' }, { text: 'They like numbers.' }, { text: 'Two.' }, { text: 'Three.' })
  const { sessionId } = await ask(`First? ${'x'.repeat(4000)}`)
  await ask(`Second? ${'y'.repeat(2000)}`, sessionId)
  expect(JSON.stringify(fake.chats[1]?.body)).toContain('too long to be kept whole')
  expect(JSON.stringify(fake.chats[1]?.body)).toContain('assistant: One.')
  expect(fake.chats[1]?.body.tools).toBeUndefined()
  expect(shown(runs)).toEqual([expect.stringContaining('They like numbers.'), expect.stringContaining('Second?')])
  await ask('Third?', sessionId)
  expect(fake.chats).toHaveLength(4)
  expect(shown(runs)[0]).toContain('They like numbers.')
  expect(shown(runs).slice(2)).toEqual(['Two.', 'Third?'])
})

test('a summary that fails is told, and the run goes on', async () => {
  await using runs = await manageRuns(small)
  const { fake, ask } = runs
  fake.script({ text: 'One.' }, { status: 400, message: 'no' }, { text: 'Two.' })
  const { sessionId } = await ask(`First? ${'x'.repeat(6000)}`)
  const { runId } = await ask('Second?', sessionId)
  expect((await runs.eventsOf(runId)).at(-1)).toMatchObject({ reason: 'answer' })
  expect(shown(runs).join('\n')).toContain('no summary of it could be made')
})

test('nothing is cut where it fits, and short conversations ask nobody how much fits', async () => {
  await using runs = await manageRuns()
  runs.fake.script({ text: 'Hi.' }, { text: 'Much.' })
  const before = runs.fake.requests.length
  const { sessionId } = await runs.ask('Hello.')
  const asked = runs.fake.requests.length - before
  const { runId } = await runs.ask('x'.repeat(20_000), sessionId)
  expect(runs.fake.requests.length - before - asked).toBeLessThanOrEqual(2)
  expect((await runs.eventsOf(runId)).map(({ type }) => type)).not.toContain('context-cut')
  expect(shown(runs)).toEqual(['Hello.', 'Hi.', 'x'.repeat(20_000)])
})
