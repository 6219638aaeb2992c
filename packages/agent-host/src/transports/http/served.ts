import type { AgentService } from '../../agent/service.ts'
import type { ProxyService } from '../../proxy/service.ts'
import type { Runtime } from '../../runs/runtime.ts'
import type { ChatMode } from '../../config/values.ts'
import type { AgentChatService } from '../openai/agent-chat/service.ts'
import type { ResponsesService } from '../openai/responses/service.ts'

/** What the HTTP service serves. */
export interface Served {
  service: AgentService
  runtime: Runtime
  proxy: ProxyService
  responses: ResponsesService
  agentChat: AgentChatService
  chatMode: ChatMode
}
