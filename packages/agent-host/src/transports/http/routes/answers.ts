import { z } from 'zod'
import { messageSchema } from '../../../core/message-schema.ts'

/** What the routes answer, for the OpenAPI document and for the compiler. */

const usage = z
  .object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() })
  .nullable()
  .meta({ description: 'Tokens of all turns together; null where the model server does not count.' })

const callRecord = z
  .object({
    id: z.string(),
    name: z.string(),
    arguments: z.unknown().meta({ description: 'Parsed where it is JSON, else the text.' }),
    result: z.unknown().meta({ description: "The tool's typed output, else its text." }),
    duration_ms: z.number(),
    is_error: z.boolean(),
  })
  .meta({ id: 'ToolCallRecord' })

const pendingCalls = z.array(
  z
    .object({
      run_id: z.string(),
      id: z.string(),
      name: z.string(),
      arguments: z.string().meta({ description: 'As the model wrote them.' }),
      expires_at: z.string().nullable().meta({ description: 'After this the answer counts as no.' }),
    })
    .meta({
      id: 'PendingCall',
      description: 'Is answered with `POST /api/v1/runs/{run_id}/approvals/{id}`.',
    }),
)

const pending = pendingCalls
  .optional()
  .meta({ description: 'Calls that wait for an approval; there only where the run parked.' })

export const chatAnswer = z
  .object({
    run_id: z.string(),
    session_id: z.string(),
    content: z.string().meta({ description: 'The answer; where a limit ended the run, the text of its last turn.' }),
    tool_calls: z.array(callRecord),
    pending,
    usage,
    model: z.string(),
    steps: z.int().meta({ description: 'Model turns.' }),
    finish_reason: z.enum(['answer', 'parked', 'step-limit', 'repeated-call', 'time-limit', 'cancelled', 'error']),
  })
  .meta({ id: 'ChatAnswer' })

export const agentChatAnswer = z
  .object({
    content: z.string(),
    session_id: z.string(),
    steps: z.array(
      z.object({
        thought: z.string(),
        action: z.string().nullable().meta({ description: 'The tool; null in the step that gave the answer.' }),
        action_input: z.unknown(),
        observation: z.string().nullable(),
      }),
    ),
    tool_calls: z.array(callRecord),
    pending,
    usage,
  })
  .meta({ id: 'AgentChatAnswer' })

export const v1ChatAnswer = z
  .object({
    content: z.string(),
    conversation_id: z.string(),
    tool_calls: z.array(callRecord).nullable().meta({ description: 'null where no tool was called.' }),
    pending,
  })
  .meta({ id: 'V1ChatAnswer' })

export const simpleChatAnswer = z
  .object({ session_id: z.string(), answer: z.string(), pending })
  .meta({ id: 'SimpleChatAnswer' })

export const runAnswer = z
  .object({
    run_id: z.string(),
    session_id: z.string(),
    state: z.enum(['queued', 'running', 'parked', 'done', 'failed', 'cancelled']),
    model: z.string().nullable(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    ended_at: z.string().nullable(),
    last_event: z.int().meta({ description: 'Number of its last event; 0 before the first.' }),
    error: z
      .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() })
      .nullable(),
  })
  .meta({ id: 'Run' })

export const approvalAnswer = z
  .object({
    run_id: z.string(),
    call_id: z.string(),
    decision: z.enum(['approve', 'deny']),
    continued_by: z.string().nullable().meta({ description: 'The run that goes on; null while other calls wait.' }),
  })
  .meta({ id: 'ApprovalAnswer' })

export const sessionAnswer = z
  .object({
    session_id: z.string(),
    title: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    forked_from: z.object({ session_id: z.string(), entry_id: z.string() }).nullable(),
  })
  .meta({ id: 'Session' })

export const sessionListAnswer = z
  .object({ sessions: z.array(sessionAnswer), next_cursor: z.string().nullable() })
  .meta({ id: 'SessionList' })

export const wholeSessionAnswer = sessionAnswer
  .extend({
    head: z.string().nullable().meta({ description: 'Its last entry; null where it is empty.' }),
    messages: z.array(messageSchema),
    pending: pendingCalls.meta({ description: 'Calls that wait for an approval.' }),
  })
  .meta({ id: 'SessionWithMessages' })

export const toolsAnswer = z
  .object({
    tools: z.array(
      z.object({
        name: z.string(),
        title: z.string().nullable(),
        description: z.string().nullable(),
        input_schema: z.record(z.string(), z.unknown()),
        server: z.string(),
        annotations: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  })
  .meta({ id: 'Tools' })

const check = { state: z.enum(['ok', 'failed']), latency_ms: z.number(), error: z.string().optional() }

export const healthAnswer = z
  .object({
    status: z.enum(['ok', 'degraded', 'unavailable']),
    version: z.string().optional(),
    uptime_s: z.int().optional(),
    model_server: z.object({ ...check, url: z.string(), model: z.string().nullable(), demo: z.boolean() }).optional(),
    mcp_servers: z.array(z.object({ ...check, name: z.string(), tools: z.int() })).optional(),
  })
  .meta({ id: 'Health', description: 'Callers without the key that is asked for get the status alone.' })

/** A stream of server-sent events. */
export const eventStream = z.string()
