import { type CliRun, startCli } from './run-cli.ts'

export interface ServedCli extends CliRun {
  /** Where the service listens, like `http://127.0.0.1:1234`. */
  url: string
}

/** Starts `agent-host serve` on a free port, and waits until it says where that is. @throws where it ends before. */
export async function serveCli(env: Record<string, string> = {}): Promise<ServedCli> {
  const run = startCli(['serve', '--port', '0'], { env })
  let said = ''
  run.child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')))
  const ended = run.ended.then(({ stderr }) => Promise.reject(new Error(`the service ended: ${stderr}`)))
  await Promise.race([run.seen('  try '), ended])
  ended.catch(() => {})
  return { ...run, url: /agent-host \S+ on (\S+)/.exec(said)?.[1] ?? '' }
}
