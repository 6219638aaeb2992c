/**
 * Encodings that the platform's decoder gets wrong, by their name in iconv-lite: it lacks most Hangul syllables of
 * EUC-KR, takes Big5 for another Big5, and on Node 22 takes windows-1252 for Latin-1.
 */
const mendedCharsets: ReadonlyMap<string, string> = new Map([
  ['euc-kr', 'cp949'],
  ['big5', 'big5hkscs'],
  ['windows-1252', 'windows-1252'],
])

/** Reads `bytes` as `charset`. Bad bytes become U+FFFD; with `complete` false, a cut-off last character is dropped. */
export async function decodeText(bytes: Buffer, charset: string, complete: boolean): Promise<string> {
  const mended = mendedCharsets.get(charset)
  if (mended === undefined) {
    // GBK is decoded as what it grew into (Encoding standard, "gbk").
    const decoder = new TextDecoder(charset === 'gbk' ? 'gb18030' : charset)
    return decoder.decode(bytes, { stream: !complete })
  }
  const { default: iconv } = await import('iconv-lite')
  const decoder = iconv.getDecoder(mended)
  const text = decoder.write(bytes)
  return complete ? text + (decoder.end() ?? '') : text
}
