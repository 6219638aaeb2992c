import { ToolError } from '../../errors.ts'

/** Characters of a URL that any server can be expected to read. */
export const maxUrlLength = 16_384

/** The URL that `text` is (WHATWG URL Standard). Throws `invalid_url`, also for what the standard drops or replaces. */
export function parseUrl(text: string): URL {
  if (text.length > maxUrlLength) {
    throw new ToolError('invalid_url', `The URL has ${text.length} characters; ${maxUrlLength} are the most.`)
  }
  if (/\p{Cc}/u.test(text.trim()) || !text.isWellFormed()) {
    throw new ToolError(
      'invalid_url',
      `${JSON.stringify(text)} has a control character or half of one; encode it with %.`,
    )
  }
  const url = URL.parse(text)
  if (url !== null) return url
  throw new ToolError('invalid_url', `${JSON.stringify(text)} is not a URL such as https://example.com/path.`)
}
