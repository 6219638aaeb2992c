/** Media types that are text without being called so. */
const textTypes =
  /^(?:text\/|application\/(?:.*\+)?(?:json|xml|yaml|toml)\b|application\/(?:x-)?(?:javascript|ecmascript|ndjson|jsonlines|json-seq|www-form-urlencoded|graphql|sql|yaml|sh)\b|image\/svg\+xml|message\/|multipart\/)/

/** Media types that say nothing about what is inside. */
const unknownTypes = /^(?:$|application\/octet-stream|binary\/octet-stream|unknown\/)/

/** `text/html` of `text/html; charset=utf-8`, in lower case; empty where there is none. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase()
}

/** The `charset` parameter, as it is spelt. */
export function charsetOf(contentType: string): string | undefined {
  return /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1]
}

/** Whether content of `type` is text by its name; undefined where the name says nothing. */
export function isTextType(type: string): boolean | undefined {
  if (unknownTypes.test(type)) return undefined
  return textTypes.test(type)
}

/** JSON by its name (RFC 8259, RFC 6839 section 3.1). */
export function isJsonType(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json')
}

/** HTML by its name; the markup of XHTML reads the same way. */
export function isHtmlType(type: string): boolean {
  return type === 'text/html' || type === 'application/xhtml+xml'
}
