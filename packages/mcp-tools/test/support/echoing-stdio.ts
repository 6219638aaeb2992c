// Run as a program: the echoing tools over stdin and stdout.
import { createServerFactory } from '../../src/server.ts'
import { serveOverStdio } from '../../src/transports/stdio.ts'
import { createEchoingTools } from './echoing-tools.ts'

const { tools, network } = await createEchoingTools()
serveOverStdio(createServerFactory(tools), (error) => process.stderr.write(`${String(error)}\n`))
process.stdin.once('close', () => void network.close())
