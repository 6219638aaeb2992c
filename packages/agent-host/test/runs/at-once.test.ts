import { expect, test } from 'vitest'
import { userMessage } from '../../src/index.ts'
import { toApprovalPolicy } from '../../src/runs/approval-policy.ts'
import { pathTo } from '../../src/sessions/entry.ts'
import { manageRuns } from './managed-runs.ts'

const callEcho = { toolCalls: [{ name: 'echo', arguments: { text: '안녕' } }] }

test('calls that run at once are kept one under the other', async () => {
  await using runs = await manageRuns()
  const { fake, stores, manager } = runs
  const parallel = { parallelToolCalls: true }
  const calls = ['a', 'b', 'c', 'd'].map((text) => ({ name: 'echo', arguments: { text } }))
  fake.script({ toolCalls: calls }, { text: 'All.' })
  const { sessionId, ended } = await manager.start({ messages: [userMessage('Say them.')], ...parallel })
  await ended
  const entries = await stores.sessions.entries(sessionId)
  expect(pathTo(entries)).toEqual(entries)
  expect(entries).toHaveLength(2 + 4 + 4 + 2)
})

test('an approval that comes twice at once starts one run', async () => {
  await using runs = await manageRuns()
  const { fake, open, eventsOf, bodiesOf } = runs
  fake.script(callEcho, { text: 'Done.' })
  const asking = { approval: toApprovalPolicy({ echo: 'ask' }) }
  const [here, there] = [open({ rules: asking }), open({ rules: asking, owner: 'elsewhere' })]
  const { runId, sessionId, ended } = await here.start({ messages: [userMessage('Say hello.')] })
  await ended
  const pending = (await eventsOf(runId)).find((event) => event.type === 'approval-request')
  const answers = await Promise.allSettled(
    [here, there].map((each) => each.answer(runId, pending?.call.id ?? '', { decision: 'denied' })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  for (const each of answers) if (each.status === 'fulfilled') await each.value?.ended
  expect((await bodiesOf(sessionId)).slice(4)).toEqual(['approval', 'tool', 'assistant', 'run-end'])
})

test('an answer that comes after the conversation went on is refused', async () => {
  await using runs = await manageRuns()
  const { fake, open, eventsOf } = runs
  fake.script(callEcho, { text: 'As you like.' })
  const asking = open({ rules: { approval: toApprovalPolicy({ echo: 'ask' }) } })
  const { runId, sessionId, ended } = await asking.start({ messages: [userMessage('Say hello.')] })
  await ended
  const pending = (await eventsOf(runId)).find((event) => event.type === 'approval-request')
  await (
    await asking.start({ sessionId, messages: [userMessage('Never mind.')] })
  ).ended
  const late = asking.answer(runId, pending?.call.id ?? '', { decision: 'approved' })
  await expect(late).rejects.toThrow('went on without an answer')
})

test('more runs than are allowed at once are refused', async () => {
  await using runs = await manageRuns()
  const { fake, open } = runs
  fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
  const small = open({ mostRuns: 1 })
  const { ended } = await small.start({ messages: [userMessage('1')] })
  await expect(small.start({ messages: [userMessage('2')] })).rejects.toThrow('1 runs go on here already')
  await small.close()
  await ended
})

test('a session is named after the first words of the user', async () => {
  await using runs = await manageRuns()
  const { fake, stores, manager } = runs
  fake.script({ text: 'Hi.', times: 2 })
  const long = '안녕하세요 👩‍👩‍👧‍👦 '.repeat(20)
  const titles = ['  What is\n new? ', long].map(async (text) => {
    const { sessionId, ended } = await manager.start({ messages: [userMessage(text)] })
    await ended
    return (await stores.sessions.get(sessionId))?.title
  })
  const [short, cut] = await Promise.all(titles)
  expect(short).toBe('What is new?')
  expect(cut).toBe(`${'안녕하세요 👩‍👩‍👧‍👦 '.repeat(7).trim()}…`)
})
