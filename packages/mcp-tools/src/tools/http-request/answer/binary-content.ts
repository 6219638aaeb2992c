import type { BodyContent } from './body-content.ts'

export interface BinaryBody {
  readonly bytes: Buffer
  /** Whether this is all of it. */
  readonly complete: boolean
  readonly type: string
  /** Whether the bytes are known to be of that type. */
  readonly isSure: boolean
  readonly url: string
}

/** What models see; other formats are files to them. */
const imageTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

const audioTypes = /^audio\/(?:mpeg|wav|x-wav|ogg|flac|x-flac|aac|mp4|x-m4a|webm)$/

/** Most bytes that go along in an answer: in base64 they stay below 1 MB, which is all that some clients take. */
const mostInlineBytes = 700_000

/** Bytes that are no text: an image or a sound as such, anything else as a resource, too much of it only described. */
export function toBinaryContent({ bytes, complete, type, isSure, url }: BinaryBody): BodyContent {
  const kind = isSure ? toKind(type) : 'binary'
  const described = { kind, type, text: '' } as const
  if (!complete) {
    return { ...described, hints: ['The body is binary and was not read to its end, so it is not shown.'] }
  }
  if (bytes.length > mostInlineBytes) {
    const hint = `The body is binary and not shown: it has more than ${mostInlineBytes} bytes. \`save_as\` can save it.`
    return { ...described, hints: [hint] }
  }
  const data = bytes.toString('base64')
  if (kind !== 'binary') return { ...described, block: { type: kind, data, mimeType: type }, hints: [] }
  return {
    ...described,
    block: { type: 'resource', resource: { uri: url, mimeType: type, blob: data } },
    hints: ['The body is binary and goes along as a resource.'],
  }
}

function toKind(type: string): 'image' | 'audio' | 'binary' {
  if (imageTypes.has(type)) return 'image'
  return audioTypes.test(type) ? 'audio' : 'binary'
}
