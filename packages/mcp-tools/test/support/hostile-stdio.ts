// Run as a program: both tools over stdin and stdout, on a network that is not there.
import { createServerFactory } from '../../src/server.ts'
import { serveOverStdio } from '../../src/transports/stdio.ts'
import { createHostileTools } from './hostile-tools.ts'

const { tools, network } = await createHostileTools()
// Told apart from what the SDK says of lines that are no messages: this is a failure that no tool foresaw.
const report = (error: unknown) =>
  process.stderr.write(`UNFORESEEN ${error instanceof Error ? error.stack : String(error)}\n`)
serveOverStdio(createServerFactory(tools, report), () => undefined)
process.stdin.once('close', () => {
  void Promise.all([network.close(), ...tools.map(async (tool) => tool.close?.())])
})
