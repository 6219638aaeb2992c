import type { FastifyBaseLogger } from 'fastify'
import type { ModelServer } from '../../backend/model-server.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { OptionName, Settings } from '../../config/options.ts'
import type { RateLimiter } from '../http/rate-limiter.ts'
import type { Served } from '../http/served.ts'
import type { ProxyService } from '../../proxy/service.ts'

/** What a command asks for: the flags it was given, and other defaults than the service's. */
export interface OpenOptions {
  flags: Partial<Record<OptionName, unknown>>
  configFile?: string | undefined
  defaults?: Partial<Record<OptionName, unknown>>
}

export interface OpenHost extends Served {
  settings: Settings
  log: FastifyBaseLogger
  /** Of requests per API key. */
  limiter: RateLimiter
  /** Gives what runs this long to end, in milliseconds, and ends everything. */
  close(graceMs?: number): Promise<void>
}

export interface OpenProxy {
  proxy: ProxyService
  settings: Settings
  log: FastifyBaseLogger
}

export interface OpenTools {
  catalog: Catalog
  settings: Settings
  close(): Promise<void>
}

/** What commands need of the process, so that they import neither the wiring nor globals. */
export interface CliContext {
  open(options: OpenOptions): Promise<OpenHost>
  /** The proxy alone, without an agent or tools. */
  openProxy(options: OpenOptions): Promise<OpenProxy>
  /** The settings alone. */
  settings(options: OpenOptions): Settings
  /** The model servers at these addresses, else those that are configured or found. */
  openModelServers(options: OpenOptions, urls: readonly string[]): Promise<ModelServer[]>
  /** The tools alone, without a model server. */
  openTools(options: OpenOptions): Promise<OpenTools>
  /** Registers the dialects that the settings name. */
  loadDialects(): Promise<void>
  /** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process at once. */
  interrupted: AbortSignal
  setExitCode(code: number): void
}
