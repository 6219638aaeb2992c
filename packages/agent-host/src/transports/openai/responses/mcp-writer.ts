import type OpenAI from 'openai'
import type { ToolOutcome } from '../../../core/events.ts'
import { toText } from '../../../core/message.ts'
import type { NamedTool } from './named-tool.ts'
import type { Output, Place } from './output.ts'

type McpTool = Extract<NamedTool, { kind: 'mcp' }>
type McpCall = OpenAI.Responses.ResponseOutputItem.McpCall

/** Writes one call that is made here, through MCP: its arguments as they arrive, then what became of it. */
export interface McpCallWriter {
  delta(text: string): void
  arguments(text: string): void
  result(outcome: ToolOutcome): void
  /** For a call that was never run. */
  fail(problem: string): void
}

/** `approvalRequestId` is of the request that the client has approved. */
export function createMcpCall(output: Output, { name, label }: McpTool, approvalRequestId?: string): McpCallWriter {
  let args = ''
  const toItem = (id: string, rest: Pick<McpCall, 'status' | 'output' | 'error'>): McpCall => ({
    id,
    type: 'mcp_call',
    server_label: label,
    name,
    arguments: args,
    approval_request_id: approvalRequestId ?? null,
    ...rest,
  })
  const place: Place = output.open('mcp', (id) => toItem(id, { status: 'in_progress', output: null, error: null }))
  output.emit({ type: 'response.mcp_call.in_progress', ...place })

  function fail(text: string): void {
    const error = { type: 'mcp_tool_execution_error' as const, content: [{ type: 'text', text }] }
    output.emit({ type: 'response.mcp_call.failed', ...place })
    output.done(place, toItem(place.item_id, { status: 'failed', output: null, error }))
  }

  return {
    delta: (delta) => output.emit({ type: 'response.mcp_call_arguments.delta', ...place, delta }),
    arguments(text) {
      args = text
      output.emit({ type: 'response.mcp_call_arguments.done', ...place, arguments: text })
    },
    result({ parts, isError }) {
      const text = toText(parts)
      if (isError) return fail(text)
      output.emit({ type: 'response.mcp_call.completed', ...place })
      output.done(place, toItem(place.item_id, { status: 'completed', output: text, error: null }))
    },
    fail,
  }
}

/** The item that asks the client to approve a call; its id carries the call's own. */
export function writeApprovalRequest(output: Output, { name, label }: McpTool, args: string): Place {
  const toItem = (id: string): OpenAI.Responses.ResponseOutputItem.McpApprovalRequest => ({
    id,
    type: 'mcp_approval_request',
    server_label: label,
    name,
    arguments: args,
  })
  const place = output.open('mcpr', toItem)
  output.done(place, toItem(place.item_id))
  return place
}

export interface McpToolList {
  label: string
  tools: OpenAI.Responses.ResponseOutputItem.McpListTools.Tool[]
  /** Why there are none. */
  error?: string
}

export function writeToolList(output: Output, { label, tools, error }: McpToolList): void {
  const toItem = (id: string, listed: typeof tools): OpenAI.Responses.ResponseOutputItem.McpListTools => ({
    id,
    type: 'mcp_list_tools',
    server_label: label,
    tools: listed,
    ...(error !== undefined && { error }),
  })
  const place = output.open('mcpl', (id) => toItem(id, []))
  output.emit({ type: 'response.mcp_list_tools.in_progress', ...place })
  const ended = error === undefined ? 'completed' : 'failed'
  output.emit({ type: `response.mcp_list_tools.${ended}`, ...place })
  output.done(place, toItem(place.item_id, tools))
}
