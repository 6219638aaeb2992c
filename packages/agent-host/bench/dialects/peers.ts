import { hermesProtocol, qwen3CoderProtocol } from '@ai-sdk-tool/parser'
import { findDialect } from '../../src/dialects/registry.ts'
import { best, read } from './measure.ts'
import { longArguments, tools } from './texts.ts'

const protocols = { hermes: hermesProtocol(), qwen3_coder: qwen3CoderProtocol() }
const peerTools = tools.map(({ name, parameters }) => ({ type: 'function' as const, name, inputSchema: parameters }))

type Protocol = (typeof protocols)[keyof typeof protocols]

/** The same text in the same 4-character pieces through the stream parser of @ai-sdk-tool/parser, in milliseconds. */
async function peerTime(protocol: Protocol, text: string): Promise<number> {
  const started = performance.now()
  const parser = protocol.createStreamParser({
    tools: peerTools,
  })
  const writer = parser.writable.getWriter()
  let calls = 0
  const reading = (async () => {
    for await (const part of parser.readable) if (part.type === 'tool-call') calls++
  })()
  await writer.write({ type: 'text-start', id: '1' })
  for (let at = 0; at < text.length; at += 4) {
    await writer.write({ type: 'text-delta', id: '1', delta: text.slice(at, at + 4) })
  }
  await writer.write({ type: 'text-end', id: '1' })
  await writer.close()
  await reading
  if (calls !== 1) throw new Error(`the peer read ${calls} calls`)
  return performance.now() - started
}

export interface Comparison {
  dialect: string
  'argument KB': number
  'ours ms': string
  '@ai-sdk-tool/parser ms': string
  'times faster': string
}

/** Both parsers on the same arguments, side by side. */
export async function comparePeers(sizes: readonly number[]): Promise<Comparison[]> {
  const rows: Comparison[] = []
  for (const [name, protocol] of Object.entries(protocols)) {
    const dialect = findDialect(name)
    if (!dialect) throw new Error(`${name} is not registered`)
    for (const size of sizes) {
      const text = dialect.write([{ id: '1', name: 'write_file', arguments: longArguments(size) }])
      read(dialect, text, 4)
      const ours = best(() => read(dialect, text, 4))
      const peer = await peerTime(protocol, text)
      rows.push({
        dialect: name,
        'argument KB': size / 1000,
        'ours ms': ours.toFixed(1),
        '@ai-sdk-tool/parser ms': peer.toFixed(0),
        'times faster': (peer / ours).toFixed(0),
      })
    }
  }
  return rows
}
