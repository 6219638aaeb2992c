import type { MediaPart, Part } from '../../core/message.ts'
import type { ModelContentPart } from './model-message.ts'

/** The text of some parts, one below the other. */
export function joinTexts(parts: readonly Part[], separator = '\n'): string {
  return parts
    .filter((part) => part.type === 'text' || part.type === 'refusal')
    .map((part) => part.text)
    .join(separator)
}

/** The images, clips and files among some parts. */
export function mediaOf(parts: readonly Part[]): MediaPart[] {
  return parts.filter((part) => isMedia(part))
}

function isMedia(part: Part): part is MediaPart {
  return part.type === 'image' || part.type === 'audio' || part.type === 'file'
}

/** User content: a string where it is text alone, or else parts in their order. */
export function toUserContent(parts: readonly Part[]): string | ModelContentPart[] {
  if (mediaOf(parts).length === 0) return joinTexts(parts)
  return parts.flatMap((part): ModelContentPart[] => {
    if (part.type === 'text' || part.type === 'refusal') return [{ type: 'text', text: part.text }]
    return isMedia(part) ? [toMediaPart(part)] : []
  })
}

function toMediaPart({ type, source }: MediaPart): ModelContentPart {
  const url = source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  if (type === 'image') return { type: 'image_url', image_url: { url } }
  if (type === 'audio' && source.type === 'base64') {
    const format = source.mediaType.replace(/^audio\/(?:x-)?/, '').replace('mpeg', 'mp3')
    return { type: 'input_audio', input_audio: { data: source.data, format } }
  }
  const filename = source.type === 'base64' ? source.filename : undefined
  return { type: 'file', file: { file_data: url, ...(filename !== undefined && { filename }) } }
}

/** Two contents in one, a blank line between texts. */
export function joinContents(
  one: string | ModelContentPart[],
  other: string | ModelContentPart[],
): string | ModelContentPart[] {
  if (typeof one === 'string' && typeof other === 'string')
    return [one, other].filter((text) => text !== '').join('\n\n')
  return [...toParts(one), ...toParts(other)]
}

function toParts(content: string | ModelContentPart[]): ModelContentPart[] {
  if (typeof content !== 'string') return content
  return content === '' ? [] : [{ type: 'text', text: content }]
}
