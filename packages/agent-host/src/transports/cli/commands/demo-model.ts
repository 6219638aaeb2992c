import { once } from 'node:events'
import type { Command } from 'commander'
import { z } from 'zod'
import { HostError } from '../../../core/errors.ts'
import type { CliContext } from '../context.ts'

const portNumber = z.coerce.number().int().min(0).max(65_535)

/** `agent-host demo-model`: the scripted demo on a port of its own, to try other clients against. */
export function demoModelCommand(program: Command, context: CliContext): void {
  program
    .command('demo-model')
    .description('serve the scripted demo, which is not a model, as an OpenAI-compatible server')
    .option('--port <number>', 'port to listen on', '8889')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async (flags: { port: string; host: string }) => {
      const port = portNumber.safeParse(flags.port)
      if (!port.success) throw new HostError('invalid_config', `--port is "${flags.port}": it must be from 0 to 65535`)
      const { startDemoModel } = await import('../../../demo/demo-model.ts')
      const demo = await startDemoModel({ port: port.data, host: flags.host })
      process.stderr.write(`${demo.model} (a scripted demo, not a model) on ${demo.url}\n`)
      await once(context.interrupted, 'abort')
      await demo.close()
    })
}
