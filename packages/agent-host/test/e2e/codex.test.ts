import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { installCodex } from '../support/codex.ts'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { openService } from '../support/open-service.ts'
import { createWorkbench } from '../support/workbench.ts'

const codex = await installCodex()

/** Runs Codex once against the service, in a home of its own. */
async function askCodex(
  file: string,
  folder: string,
  url: string,
  prompt: string,
): Promise<{ code: number | null; out: string }> {
  const home = join(folder, 'codex-home')
  await mkdir(home)
  const config = [
    'model = "gpt-oss-20b"',
    'model_provider = "here"',
    'sandbox_mode = "danger-full-access"',
    'approval_policy = "never"',
    'check_for_update_on_startup = false',
    '[features]',
    // Codex would ask GitHub for them.
    'plugins = false',
    '[analytics]',
    'enabled = false',
    '[model_providers.here]',
    'name = "agent-host"',
    `base_url = "${url}/v1"`,
    'wire_api = "responses"',
    'env_key = "HERE_KEY"',
  ]
  await writeFile(join(home, 'config.toml'), config.join('\n'))
  const env = { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, HERE_KEY: 'none' }
  const child = spawn(file, ['exec', '--skip-git-repo-check', prompt], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out }
}

test.skipIf(codex.file === undefined)(
  `the Codex CLI calls a tool of its own and answers with the result${codex.missing === undefined ? '' : ` (skipped: ${codex.missing})`}`,
  async () => {
    using bench = createWorkbench()
    const fake = await startFakeModelServer({ models: ['gpt-oss-20b'] })
    await using service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
    fake.script(
      {
        text: '<|channel|>analysis<|message|>I look.<|end|><|start|>assistant<|channel|>commentary to=functions.exec_command <|constrain|>json<|message|>{"cmd":"echo harmony-$((6*7))"}<|call|>',
        split: 5,
      },
      { text: '<|channel|>final<|message|>It said harmony-42.<|return|>', split: 5 },
    )
    const { code, out } = await askCodex(codex.file ?? '', bench.folder, service.url, 'What does it say?')
    expect({ code, out: out.trim() }).toEqual({ code: 0, out: 'It said harmony-42.' })
    expect(fake.chats).toHaveLength(2)
    expect(fake.chats[1]?.body.messages?.slice(-2)).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: { name: 'exec_command' } }], reasoning_content: 'I look.' },
      { role: 'tool', content: expect.stringContaining('harmony-42') as string },
    ])
    await fake.close()
  },
  60_000,
)
