import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { runCli } from '../support/run-cli.ts'
import { serveCli } from '../support/serve-cli.ts'
import { startOnTerminal, withoutTerminal } from '../support/terminal-cli.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'
import { dataOf, eventsUrl, readEvents, send } from '../transports/http/run-client.ts'

let bench: Workbench
let fake: FakeModelServer
let env: Record<string, string>
beforeEach(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
  env = {
    VLLM_BASE_URL: fake.url,
    MCP_CONFIG: bench.mcpConfig,
    DATA_DIR: bench.folder,
    APPROVALS: 'test__e*=ask,fail=ask,die=never',
    PARALLEL_TOOL_CALLS: 'true',
  }
})
afterEach(async () => {
  await fake.close()
  bench[Symbol.dispose]()
})

const echo = (...texts: string[]) => ({ toolCalls: texts.map((text) => ({ name: 'echo', arguments: { text } })) })

/** What the model was told of its calls, last of all. */
const results = () => {
  const told = fake.chats.at(-1)?.body.messages?.filter(({ role }) => role === 'tool')
  return told?.map(({ content }) => content)
}

describeWith('on a terminal', [withoutTerminal], () => {
  test('a call is shown whole, and made once the answer is yes; a no is told to the model', async () => {
    const long = 'x'.repeat(500)
    fake.script({ text: 'Let me see.', ...echo(`${long}\u001B[2J\u202E`) }, echo('two'), { text: 'Well.' })
    const { seen, type, ended } = startOnTerminal(['ask', 'Say it.'], env)
    await seen('Run it?')
    expect(fake.chats).toHaveLength(1)
    type('maybe\n')
    await seen('Run it?')
    type('y\n')
    await seen('Run it?')
    type('No, thanks\n')
    const { screen, code } = await ended
    expect(code).toBe(0)
    expect(screen).toContain(`Let me see.\n? echo needs an approval\n{\n  "text": "${long}\\u001b[2J\\u{202e}"\n}\n`)
    expect(screen.split('Run it?')).toHaveLength(4)
    expect(screen.trimEnd()).toMatch(/\nWell\.$/)
    expect(results()).toEqual([`${long}\u001B[2J\u202E`, expect.stringContaining('did not approve') as string])
  })

  test('what was typed before the question is no answer to it', async () => {
    const typed = Promise.withResolvers<void>()
    fake.script(
      async () => {
        await typed.promise
        return echo('one')
      },
      { text: 'Well.' },
    )
    const { seen, type, ended } = startOnTerminal(['ask', 'Say it.'], env)
    // The first is for the models.
    await fake.received(2)
    type('yes\n')
    await seen('yes')
    typed.resolve()
    await seen('Run it?')
    type('n\n')
    expect(await ended).toMatchObject({ code: 0 })
    expect(results()).toEqual([expect.stringContaining('did not approve')])
  })

  test('"always" answers for every further call of that tool, and for no other', async () => {
    fake.script(echo('one', 'two'), echo('three'), { toolCalls: [{ name: 'fail', arguments: {} }] }, { text: 'Well.' })
    const { seen, type, ended } = startOnTerminal(['ask', 'Say them.'], env)
    await seen('Run it?')
    type('a\n')
    await seen('? fail needs')
    await seen('Run it?')
    type('n\n')
    const { screen, code } = await ended
    expect(code).toBe(0)
    expect(screen.split('Run it?')).toHaveLength(3)
    expect(results()).toEqual(['one', 'two', 'three', expect.stringContaining('did not approve') as string])
  })

  test.each([
    ['Ctrl-C', '\u0003', 130, 'Interrupted.'],
    ['the end of the input', '\u0004', 4, 'Stopped: nobody could be asked whether to run echo {"text":"one"}.'],
  ])('%s while it is asked makes no call', async (_name, key, exit, words) => {
    fake.script(echo('one'))
    const { seen, type, ended } = startOnTerminal(['ask', 'Say it.'], env)
    await seen('Run it?')
    type(key)
    const { screen, code } = await ended
    expect(code).toBe(exit)
    expect(screen).toContain(words)
    expect(bench.running()).toEqual([])
    expect(fake.chats).toHaveLength(1)
  })
})

test('without a terminal the call is not made: 4, with what to do; in a conversation it waits for a service', async () => {
  fake.script(echo('one'), { text: 'It said one.' })
  const { code, stdout, stderr } = await runCli(['ask', 'Say it.', '--json', '--session', 'mine'], { env })
  expect(code).toBe(4)
  expect(JSON.parse(stdout)).toMatchObject({
    finish_reason: 'parked',
    pending: [{ name: 'echo', arguments: '{"text":"one"}' }],
  })
  const words = 'Ask again on a terminal, or with --approve always or --approve never.'
  expect(stderr).toContain(`Stopped: nobody could be asked whether to run echo {"text":"one"}.\n${words}`)

  const { url, child, ended } = await serveCli(env)
  const [waiting] = (await send('GET', `${url}/api/v1/sessions/mine`)).body.pending as { run_id: string; id: string }[]
  const approval = `${url}/api/v1/runs/${waiting?.run_id}/approvals/${waiting?.id}`
  const { body } = await send('POST', approval, { decision: 'approve' })
  const next = { run_id: String(body.continued_by), session_id: 'mine' }
  expect(dataOf((await readEvents(eventsUrl(url, next))).at(-1))).toMatchObject({ reason: 'answer' })
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})

test('--approve always says yes to what is asked, but not to what is switched off, and counts it all as one', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  fake.script(
    { ...echo('one'), usage },
    { toolCalls: [{ name: 'die', arguments: {} }], usage },
    { text: 'Well.', usage },
  )
  const { code, stdout } = await runCli(['ask', 'Say it.', '--approve', 'always', '--json'], { env })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    content: 'Well.',
    finish_reason: 'answer',
    steps: 3,
    pending: [],
    usage: { prompt_tokens: 30, completion_tokens: 15, total_tokens: 45 },
    tool_calls: [
      { name: 'echo', result: 'one' },
      { name: 'die', is_error: true },
    ],
  })
})

test('--approve never says no, and the model goes on', async () => {
  fake.script(echo('one'), { text: 'As you like.' })
  expect(await runCli(['ask', 'Say it.', '--approve', 'never'], { env })).toMatchObject({
    code: 0,
    stdout: 'As you like.\n',
  })
  expect(results()).toEqual([expect.stringContaining('did not approve')])
})
