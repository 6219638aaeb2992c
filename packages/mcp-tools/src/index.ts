export { ToolError, type ToolErrorCode, toolErrorCodes } from './errors.ts'
export { createServerFactory } from './server.ts'
export {
  createGuardedClient,
  type GuardedClient,
  type GuardedClientOptions,
  type GuardedRequest,
  type GuardedResponse,
} from './tools/http-request/guarded-client.ts'
export type { Redirect } from './tools/http-request/follow.ts'
export type { ClientCertificate } from './tools/http-request/identity.ts'
export type { ProxyServer } from './tools/http-request/proxy.ts'
export type { Profile } from './tools/http-request/profile.ts'
export type { HttpLimits } from './tools/http-request/limits.ts'
export { createTools, type ToolOptions } from './tools/registry.ts'
export {
  type Confirmation,
  type ConfirmationAnswer,
  defineTool,
  type Tool,
  type ToolAnswer,
  type ToolCall,
  type ToolDefinition,
} from './tools/tool.ts'
