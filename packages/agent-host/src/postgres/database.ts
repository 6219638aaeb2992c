import type { Pool, PoolConfig } from 'pg'
import { HostError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { Notifier } from '../core/notifier.ts'
import { createPostgresChanges } from './changes.ts'
import { migrate } from './migrate.ts'

export interface DatabaseOptions {
  /** `postgres://` or `postgresql://`, as `DATABASE_URL` has it; it may hold a password. */
  url: string
  log: Logger
}

/** A PostgreSQL database with our tables, which are in a schema of their own. */
export interface Database {
  /**
   * Runs one statement, which is all or nothing by itself.
   *
   * @throws HostError `store_unavailable` where the database does not answer in time, `store_failed` where it refuses.
   */
  query(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** What others have changed, by key: statements notify of it with {@link changed}. */
  changes: Notifier
  close(): Promise<void>
}

export type Row = Record<string, unknown>

/**
 * For the FROM or SELECT of a statement: tells whoever waits for the key, an SQL expression, once it is committed. It
 * may be several with a space between, of 8,000 bytes together at most.
 */
export function changed(key: string): string {
  return `pg_notify('${channel}', ${key})`
}

const channel = 'agent_host'

/** Of one process. A statement waits for its turn when all are in use. */
const mostConnections = 10
/** For a statement and for a connection, in milliseconds. */
const answerWithinMs = 10_000

/**
 * Connects, and brings the tables up to date. The library is loaded here, for those who use PostgreSQL.
 *
 * @throws HostError `store_unavailable` where there is none; `store_failed` where its tables are of a later version.
 */
export async function openDatabase({ url, log }: DatabaseOptions): Promise<Database> {
  const { default: pg } = await import('pg')
  const options: PoolConfig = {
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: answerWithinMs,
    statement_timeout: answerWithinMs,
    // For a server that does not even say that it gave up.
    query_timeout: answerWithinMs + 1000,
    application_name: 'agent-host',
    // Compiling takes longer than any of our statements do; and long conversations are sorted in memory.
    options: '-c jit=off -c work_mem=16MB',
  }
  const pool = new pg.Pool(options)
  pool.on('error', (error) => log.warn({ err: error }, 'a connection to PostgreSQL was lost'))
  try {
    await migrate(pool)
  } catch (error) {
    await pool.end()
    throw toStoreError(error)
  }
  const changes = createPostgresChanges(() => new pg.Client(options), channel, log)
  return {
    changes: changes.notifier,
    query: (text, values) => query(pool, text, values),
    async close() {
      await changes.close()
      await pool.end()
    },
  }
}

const names = new Map<string, string>()

/** Under its name a connection plans a statement once. */
function nameOf(text: string): string {
  const known = names.get(text) ?? `agent_host_${names.size}`
  names.set(text, known)
  return known
}

async function query(pool: Pool, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  try {
    return (await pool.query<Row>({ name: nameOf(text), text, values: [...values] })).rows
  } catch (error) {
    throw toStoreError(error)
  }
}

/** Whether a statement failed because this unique index has the value already. */
export function violates(error: unknown, index: string): boolean {
  return error instanceof HostError && sqlOf(error.cause).constraint === index
}

/** Classes of SQLSTATE (appendix A of PostgreSQL's manual) that pass by themselves: connections, resources, operators. */
const passing = /^(08|53|57)/

function toStoreError(error: unknown): HostError {
  if (error instanceof HostError) return error
  const { code } = sqlOf(error)
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !passing.test(code)) {
    return new HostError('store_failed', `PostgreSQL refused a statement (${code}); its log says why.`, {
      cause: error,
    })
  }
  const why = code === undefined ? 'no answer' : code
  return new HostError('store_unavailable', `PostgreSQL cannot be reached (${why}). Try again in a moment.`, {
    cause: error,
  })
}

function sqlOf(error: unknown): { code?: string; constraint?: string } {
  const { code, constraint } = Object(error) as Row
  return { ...(typeof code === 'string' && { code }), ...(typeof constraint === 'string' && { constraint }) }
}
