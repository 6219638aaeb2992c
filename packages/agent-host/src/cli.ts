#!/usr/bin/env node
import { loadSettings } from './config/load.ts'
import { errorCodes } from './core/errors.ts'
import { runProgram } from './transports/cli/program.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(errorCodes.cancelled.exit)
    interrupt.abort()
  })
}
// A reader that went away (`agent-host ask … | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

// The wiring is loaded where it is needed, so that `--help` and a wrong flag are answered at once.
await runProgram(process.argv, {
  interrupted: interrupt.signal,
  setExitCode(code) {
    process.exitCode = code
  },
  async loadDialects() {
    const { settings } = loadSettings()
    const { loadDialects } = await import('./load-dialects.ts')
    await loadDialects(settings.dialects)
  },
  settings: (options) => loadSettings(options).settings,
  async open(options) {
    const loaded = loadSettings(options)
    const { createLog } = await import('./log.ts')
    const { openHost } = await import('./host.ts')
    const log = await createLog(loaded.settings)
    return { ...(await openHost(loaded, log)), settings: loaded.settings, log }
  },
  async openProxy(options) {
    const loaded = loadSettings(options)
    const { createLog } = await import('./log.ts')
    const { openProxy } = await import('./host.ts')
    const log = await createLog(loaded.settings)
    return { proxy: await openProxy(loaded, log), settings: loaded.settings, log }
  },
  async openModelServers(options, urls) {
    const { openModelServers } = await import('./host.ts')
    return await openModelServers(loadSettings(options).settings, urls)
  },
  async openTools(options) {
    const loaded = loadSettings(options)
    const { createLog } = await import('./log.ts')
    const { createToolbox } = await import('./host.ts')
    return { ...createToolbox(loaded, await createLog(loaded.settings)), settings: loaded.settings }
  },
})
