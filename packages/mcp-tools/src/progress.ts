import type { ServerContext } from '@modelcontextprotocol/server'
import type { ToolCall } from './tools/tool.ts'

/** Between two notifications, in milliseconds, unless a large share has come meanwhile. */
const quietMs = 250

const largeShare = 0.05

/** Less than this is not worth a notification, however large a share it is: most answers are no larger. */
const fewBytes = 65_536

/** Tells a client that asked for it how far its call is, seldom enough not to be a load; undefined for others. */
export function createProgress(
  { mcpReq }: ServerContext,
  onError: (error: unknown) => void,
  now: () => number = () => performance.now(),
): ToolCall['progress'] {
  // oxlint-disable-next-line no-underscore-dangle -- the protocol's own name
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return undefined
  const last = { at: now(), done: 0 }
  return (done, total) => {
    const isLarge = total !== undefined && done - last.done >= Math.max(total * largeShare, fewBytes)
    if (done <= last.done || (!isLarge && now() - last.at < quietMs)) return
    last.at = now()
    last.done = done
    const message = total === undefined ? `${done} bytes` : `${done} of ${total} bytes`
    const params = { progressToken, progress: done, message, ...(total !== undefined && { total }) }
    mcpReq.notify({ method: 'notifications/progress', params }).catch(onError)
  }
}
