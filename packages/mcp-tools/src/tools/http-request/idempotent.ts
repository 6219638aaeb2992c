/** Methods that do the same when done twice (RFC 9110 section 9.2.2, RFC 10008 for QUERY). */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'PUT', 'DELETE'])

/** Whether a request may be sent a second time: by its method, or because the server can tell the copy by its key. */
export function isIdempotent(request: {
  readonly grant: { readonly method: string }
  readonly headers: Readonly<Record<string, string>>
}): boolean {
  return idempotentMethods.has(request.grant.method) || request.headers['idempotency-key'] !== undefined
}
