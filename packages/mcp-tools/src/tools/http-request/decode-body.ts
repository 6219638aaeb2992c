import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress, type Zlib } from 'node:zlib'
import { ToolError } from '../../errors.ts'
import type { HttpLimits } from './limits.ts'

/** As much of a body as the limits let in. */
export interface CollectedBody {
  /** Unpacked. */
  readonly bytes: Buffer
  /** Whether this is all of it. */
  readonly complete: boolean
  /** Bytes as they came, before unpacking. */
  readonly wireBytes: number
}

type Decoder = Transform & Pick<Zlib, 'bytesWritten'>

const knownDecoders: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
])

/** What we ask servers for; `deflate` means two formats in the wild, so it is only taken, never asked for. */
export const acceptEncoding = 'gzip, br, zstd'

/** Servers stack two at most; a longer list is a bomb in wrapping paper. */
const maxEncodings = 2

/** A body that grows more than this, and past the limit, was made to do harm: pages rarely shrink to a twentieth. */
const bombRatio = 100

/** Takes a body in as it comes. */
export interface BodyCollector {
  /** Settles at the end of the body or once a limit is met; rejects as `failed` says, and for what cannot be unpacked. */
  readonly collected: Promise<CollectedBody>
  /** Takes the next bytes; false where the next ones should wait for `onDrain`. */
  push(chunk: Buffer): boolean
  end(): void
  fail(error: Error): void
}

export interface CollectorOptions {
  /** The Content-Encoding header. */
  readonly encoding: string | undefined
  readonly limits: HttpLimits
  /** Told how many bytes have come, as they come. */
  readonly onBytes: (wireBytes: number) => void
  readonly onDrain: () => void
}

/**
 * A collector for one body. It rejects with `too_large` for a decompression bomb and `bad_response` for what cannot be
 * unpacked, and throws that for an encoding that is not known.
 */
export function createBodyCollector(options: CollectorOptions): BodyCollector {
  const decoders = toEncodings(options.encoding)
  return decoders.length === 0 ? collectPlain(options) : collectPacked(options, decoders)
}

function collectPlain({ limits, onBytes }: CollectorOptions): BodyCollector {
  const { promise, resolve, reject } = Promise.withResolvers<CollectedBody>()
  const limit = Math.min(limits.maxWireBytes, limits.maxBodyBytes)
  const chunks: Buffer[] = []
  let length = 0
  const finish = (complete: boolean) => resolve({ bytes: Buffer.concat(chunks), complete, wireBytes: length })
  return {
    collected: promise,
    push(chunk) {
      const room = limit - length
      length += Math.min(chunk.length, room)
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
      onBytes(length)
      if (chunk.length > room) finish(false)
      return true
    },
    end: () => finish(true),
    fail: reject,
  }
}

function collectPacked(options: CollectorOptions, decoders: readonly (() => Decoder)[]): BodyCollector {
  const source = new Readable({ read: options.onDrain })
  return {
    collected: unpack(source, decoders, options),
    push: (chunk) => source.push(chunk),
    end: () => source.push(null),
    fail: (error) => source.destroy(error),
  }
}

async function unpack(
  source: Readable,
  decoders: readonly (() => Decoder)[],
  { limits, onBytes }: CollectorOptions,
): Promise<CollectedBody> {
  const stages = decoders.map((create) => create())
  const meter = { bytes: 0, isFull: false }
  const read = { chunks: [] as Buffer[], bytes: 0, isFull: false }
  try {
    for await (const chunk of pipe(metered(source, limits.maxWireBytes, meter, onBytes), stages)) {
      const room = limits.maxBodyBytes - read.bytes
      read.chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
      read.bytes += Math.min(chunk.length, room)
      read.isFull = chunk.length > room
      if (read.isFull) break
    }
  } catch (error) {
    // A packed body cut off at the limit ends too early for its decoder; what came out until then is good.
    if (!isDecoderError(error)) throw error
    if (!meter.isFull) throw new ToolError('bad_response', 'The answer cannot be unpacked.', { cause: error })
  }
  // Counted by what the decoder has taken in: more than that may have arrived already.
  const packedBytes = stages[0]?.bytesWritten
  if (read.isFull && packedBytes !== undefined && read.bytes > packedBytes * bombRatio) {
    throw new ToolError('too_large', `The answer unpacks to more than ${limits.maxBodyBytes} bytes.`)
  }
  return { bytes: Buffer.concat(read.chunks), complete: !read.isFull && !meter.isFull, wireBytes: meter.bytes }
}

async function* metered(
  body: Readable,
  limit: number,
  meter: { bytes: number; isFull: boolean },
  onBytes: (wireBytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const room = limit - meter.bytes
    meter.bytes += Math.min(chunk.length, room)
    meter.isFull = chunk.length > room
    onBytes(meter.bytes)
    yield meter.isFull ? chunk.subarray(0, room) : chunk
    if (meter.isFull) return
  }
}

function pipe(source: AsyncIterable<Buffer>, stages: readonly Decoder[]): AsyncIterable<Buffer> {
  const last = stages.at(-1)
  if (last === undefined) return source
  // Errors reach the reader through the last stage; the callback is there because the overload asks for one.
  pipeline([Readable.from(source), ...stages], () => undefined)
  return last
}

/** The decoders to run, the one applied last by the server first (RFC 9110 section 8.4). */
function toEncodings(header: string | undefined): readonly (() => Decoder)[] {
  const names = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > maxEncodings) throw new ToolError('bad_response', 'The answer is packed too many times over.')
  return names.toReversed().map((name) => {
    const create = knownDecoders.get(name)
    if (create === undefined) {
      throw new ToolError('bad_response', `The answer is packed as ${JSON.stringify(name)}, which cannot be read.`)
    }
    return create
  })
}

/** zlib's, Brotli's and Zstandard's own errors, told apart from those of the connection by their codes. */
function isDecoderError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:Z_|ERR_BROTLI|ERR__ERROR|ZSTD_)/.test(String(error.code))
}
