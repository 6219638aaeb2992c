import type { ToolOutcome } from '../../../core/events.ts'
import type { ToolCall } from '../../../core/tool.ts'
import { type CallWriter, createCustomCall, createFunctionCall } from './call-writer.ts'
import { createMcpCall, type McpCallWriter, writeApprovalRequest } from './mcp-writer.ts'
import type { NamedTool } from './named-tool.ts'
import type { Output } from './output.ts'

export interface CallsWriterOptions {
  /** What the model was offered, by the names that it calls. Any other name is a function of the client. */
  named: ReadonlyMap<string, NamedTool>
  /** The approval request that each call of an earlier Response was approved by, by the call's id. */
  approvals?: ReadonlyMap<string, string> | undefined
}

/** Writes the calls of a run, each as the item that its tool has in the API. */
export interface CallsWriter {
  start(index: number, callId: string, name: string): void
  delta(index: number, text: string): void
  end(index: number, args: string): void
  /** For a call that was begun and is none: what stood in it is shown, and nothing runs. */
  spoil(index: number, problem: string): void
  /** For a call that an earlier Response asked about and that runs now. */
  startApproved(call: ToolCall): void
  result(callId: string, outcome: ToolOutcome): void
  /** Ends whatever is open, as the run is over. */
  close(): void
  /** Ids of the approval requests that were written, with the ids of their calls. */
  readonly asked: ReadonlyMap<string, string>
}

interface OpenCall {
  tool: NamedTool
  callId: string
  pieces: string[]
  writer: CallWriter | McpCallWriter | undefined
}

export function createCallsWriter(output: Output, { named, approvals }: CallsWriterOptions): CallsWriter {
  const open = new Map<number, OpenCall>()
  const running = new Map<string, McpCallWriter>()
  const asked = new Map<string, string>()

  function take(index: number): OpenCall | undefined {
    const call = open.get(index)
    open.delete(index)
    return call
  }

  function spoil(index: number, problem: string): void {
    const call = take(index)
    if (!call?.writer) return
    const { writer, pieces } = call
    const args = pieces.join('')
    if ('end' in writer) return writer.end(args, 'incomplete')
    writer.arguments(args)
    writer.fail(problem)
  }

  return {
    asked,
    spoil,
    start(index, callId, name) {
      const tool = named.get(name) ?? { kind: 'function', name }
      open.set(index, { tool, callId, pieces: [], writer: openCall(output, tool, callId) })
    },
    delta(index, text) {
      const call = open.get(index)
      call?.pieces.push(text)
      call?.writer?.delta(text)
    },
    end(index, args) {
      const call = take(index)
      if (!call) return
      const { tool, writer, callId } = call
      if (writer && 'end' in writer) writer.end(args, 'completed')
      else if (writer) {
        writer.arguments(args)
        running.set(callId, writer)
      } else if (tool.kind === 'mcp') asked.set(writeApprovalRequest(output, tool, args).item_id, callId)
    },
    startApproved({ id, name, arguments: args }) {
      const tool = named.get(name)
      if (tool?.kind !== 'mcp' || running.has(id)) return
      const writer = createMcpCall(output, tool, approvals?.get(id))
      writer.delta(args)
      writer.arguments(args)
      running.set(id, writer)
    },
    result(callId, outcome) {
      running.get(callId)?.result(outcome)
      running.delete(callId)
    },
    close() {
      for (const index of open.keys()) spoil(index, 'The run ended first.')
      for (const writer of running.values()) writer.fail('The run ended before the call did.')
      running.clear()
    },
  }
}

function openCall(output: Output, tool: NamedTool, callId: string): OpenCall['writer'] {
  if (tool.kind === 'mcp') {
    // Whether a call needs an approval is known; the item that asks for it is written once the arguments are whole.
    return tool.asks ? undefined : createMcpCall(output, tool)
  }
  return tool.kind === 'function' ? createFunctionCall(output, tool, callId) : createCustomCall(output, tool, callId)
}
