import type { Medium } from '../../../backend/model-media.ts'
import type { Part, Source } from '../../../core/message.ts'
import { badRequest } from './bad-request.ts'
import type { ContentPart } from './input-item.ts'

const kinds: Readonly<Record<string, Medium>> = { input_image: 'image', input_audio: 'audio', input_file: 'file' }

/** The kind of content besides text that a part is. */
export function mediumOf({ type }: ContentPart): Medium | undefined {
  return kinds[type]
}

/**
 * The parts of an item's content. `lacks` is what the model is known not to take.
 * @throws HostError `invalid_request` for that, and for what only OpenAI could look up.
 */
export function toParts(
  content: string | readonly ContentPart[],
  path: string,
  lacks: ReadonlySet<Medium> = new Set(),
): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part, index) => {
    const medium = mediumOf(part)
    if (medium && lacks.has(medium)) throw badRequest(`${path}[${index}]`, `the model does not take ${plurals[medium]}`)
    return toPart(part, `${path}[${index}]`)
  })
}

const plurals: Readonly<Record<Medium, string>> = { image: 'images', audio: 'audio', file: 'files' }

function toPart(part: ContentPart, path: string): Part {
  switch (part.type) {
    case 'refusal':
      return { type: 'refusal', text: part.refusal }
    case 'input_image': {
      if (part.image_url == null) throw badRequest(`${path}.image_url`, 'is needed; uploaded files are not kept here')
      return { type: 'image', source: toSource(part.image_url, 'image/png') }
    }
    case 'input_audio': {
      const { data, format } = part.input_audio
      return { type: 'audio', source: { type: 'base64', data, mediaType: `audio/${format}` } }
    }
    case 'input_file': {
      const filename = part.filename == null ? {} : { filename: part.filename }
      if (part.file_data != null) {
        const source = toSource(part.file_data, 'application/pdf')
        return { type: 'file', source: source.type === 'base64' ? { ...source, ...filename } : source }
      }
      if (part.file_url != null) return { type: 'file', source: { type: 'url', url: part.file_url } }
      throw badRequest(`${path}.file_data`, 'or file_url is needed; uploaded files are not kept here')
    }
    default:
      return { type: 'text', text: part.text }
  }
}

/** A `data:` URL as its bytes; anything else is an address, or bytes without a type. */
function toSource(text: string, standard: string): Source {
  const [, mediaType, data] = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/s.exec(text) ?? []
  if (mediaType !== undefined && data !== undefined) return { type: 'base64', data, mediaType }
  if (/^https?:\/\//i.test(text)) return { type: 'url', url: text }
  return { type: 'base64', data: text, mediaType: standard }
}
