import {
  type ChildProcess,
  execFileSync,
  spawn,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
} from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findProgram, freePort } from './service-program.ts'

const debian = '/usr/lib/postgresql'
const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
const folders = versions.map((version) => join(debian, version, 'bin'))
const initdb = findProgram('initdb', folders)
const program = findProgram('postgres', folders)

/** Why there is no PostgreSQL to test with; `undefined` where there is. */
export const withoutPostgres = initdb === undefined || program === undefined ? 'postgres is not installed' : undefined

export interface PostgresServer extends AsyncDisposable {
  url: string
  /** As a crash would. */
  stop(): Promise<void>
  /** Again, on the same port and data. */
  start(): Promise<void>
}

/**
 * Starts a PostgreSQL of its own on a free port, in a temporary folder. It waits for the disk only where it is to be
 * `durable`: a killed process keeps what it wrote in any case.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  if (initdb === undefined || program === undefined) throw new Error(withoutPostgres)
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const usedPort = await freePort()
  const user = otherUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const as = { ...user, cwd: folder }
  const setUp = ['-D', join(folder, 'data'), '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  execFileSync(initdb, setUp, { ...as, stdio: ['ignore', 'ignore', 'inherit'] })
  const quick = durable ? [] : ['fsync=off', 'full_page_writes=off']
  const settings = [...quick, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
  const args = ['-D', join(folder, 'data'), '-p', String(usedPort), ...settings.flatMap((each) => ['-c', each])]
  const spawnAs = { ...as, stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }
  const start = () => startProcess(program, args, spawnAs)
  let running = await start()
  const stop = async (): Promise<void> => {
    // Ends its own processes, too, without a last checkpoint.
    running.child.kill('SIGQUIT')
    await running.closed
  }
  return {
    url: `postgres://tester@127.0.0.1:${usedPort}/postgres`,
    stop,
    async start() {
      running = await start()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startProcess(
  path: string,
  args: readonly string[],
  options: SpawnOptionsWithStdioTuple<StdioNull, StdioNull, StdioPipe>,
): Promise<{ child: ChildProcess; closed: Promise<unknown> }> {
  const child = spawn(path, [...args], options)
  const closed = once(child, 'close')
  const lines = createInterface({ input: child.stderr })
  const ready = new Promise<boolean>((resolve) => {
    lines.on('line', (line) => line.includes('ready to accept connections') && resolve(true))
    lines.on('close', () => resolve(false))
  })
  if (!(await ready)) throw new Error(`postgres did not start: ${args.join(' ')}`)
  return { child, closed }
}

/** PostgreSQL refuses to run as root: somebody else, where we are. */
function otherUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = ['postgres', 'nobody'].map((name) => lines.find((each) => each.startsWith(`${name}:`))).find(Boolean)
  const [, , uid, gid] = (line ?? '').split(':').map(Number)
  if (uid === undefined || gid === undefined) throw new Error('there is no user that PostgreSQL could run as')
  return { uid, gid }
}
