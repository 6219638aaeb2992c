import type { ContentBlock } from '@modelcontextprotocol/server'
import type { ResponseOutput } from '../schema.ts'
import { toUntrustedText } from './untrusted-text.ts'

/** Headers that the other lines say already, or that only programs need, unless there is nothing else. */
const saidElsewhere: ReadonlySet<string> = new Set(['content-type', 'content-length', 'date'])

/**
 * What this tool says of the answer, then everything that the server says, `part` of its body last, between markers;
 * `block` is what follows of the body beside the text.
 */
export function toReport(output: ResponseOutput, part: string, block: ContentBlock | undefined): string {
  const { url, redirects } = output
  // After a redirect the address is the server's words, too.
  const from = redirects.length === 0 ? url : new URL(url).origin
  return [
    `Status ${output.status} from ${from} (${toFacts(output).join(', ')})`,
    toUntrustedText(toServed(output, part, block).join('\n'), new URL(url).host),
    ...(output.saved_as === undefined ? [] : [`Saved as ${output.saved_as}`]),
    ...(output.hint === undefined ? [] : [output.hint]),
  ].join('\n')
}

function toFacts({ content_type, charset, bytes, elapsed_ms, attempts, cache }: ResponseOutput): string[] {
  return [
    ...(content_type !== undefined && isMediaType(content_type) ? [content_type] : []),
    ...(charset === undefined ? [] : [charset]),
    `${bytes} bytes`,
    `${elapsed_ms} ms`,
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(cache === undefined || cache === 'miss' ? [] : [`cache ${cache}`]),
  ]
}

function toServed(output: ResponseOutput, part: string, block: ContentBlock | undefined): string[] {
  const { title, lang, keys, tls } = output
  return [
    `HTTP ${output.status} ${output.status_text}`.trim(),
    ...output.redirects.map(({ status, from, to }) => `Redirected (${status}): ${from} -> ${to}`),
    ...Object.entries(output.headers)
      .filter(([name]) => output.body_kind === 'empty' || !saidElsewhere.has(name))
      .map(([name, value]) => `${name}: ${value}`),
    ...(tls === undefined
      ? []
      : [`TLS: ${tls.protocol}, by ${tls.issuer ?? 'unknown'}, until ${tls.valid_to ?? 'unknown'}`]),
    ...(title === undefined ? [] : [`Title: ${title}${lang === undefined ? '' : ` (${lang})`}`]),
    ...(keys === undefined || keys.length === 0 ? [] : [`Keys: ${keys.join(', ')}`]),
    ...(block === undefined ? [] : [`(${block.type} follows)`]),
    ...(part === '' ? [] : ['', part]),
  ]
}

/** A server may write anything there. */
function isMediaType(text: string): boolean {
  return /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(text)
}
