import type OpenAI from 'openai'
import type { Output, Place } from './output.ts'
import type { NamedTool } from './named-tool.ts'

type ClientTool = Extract<NamedTool, { kind: 'function' | 'custom' }>

/** Writes one call that the client is to make, as it arrives. */
export interface CallWriter {
  delta(text: string): void
  /** `status` is `incomplete` for a call that was cut off or is no call at all. */
  end(args: string, status: 'completed' | 'incomplete'): void
}

export function createFunctionCall(output: Output, tool: ClientTool, callId: string): CallWriter {
  const toItem = (
    id: string,
    args: string,
    status: 'in_progress' | 'completed' | 'incomplete',
  ): OpenAI.Responses.ResponseFunctionToolCall & { id: string } => ({
    id,
    type: 'function_call',
    status,
    call_id: callId,
    name: tool.name,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
    arguments: args,
  })
  const place: Place = output.open('fc', (id) => toItem(id, '', 'in_progress'))
  return {
    delta: (delta) => output.emit({ type: 'response.function_call_arguments.delta', ...place, delta }),
    end(args, status) {
      output.emit({ type: 'response.function_call_arguments.done', ...place, arguments: args })
      output.done(place, toItem(place.item_id, args, status))
    },
  }
}

/** The text of a custom tool stands in the one argument of the function that the model was offered in its place. */
export function createCustomCall(output: Output, tool: ClientTool, callId: string): CallWriter {
  const toItem = (id: string, input: string): OpenAI.Responses.ResponseCustomToolCall => ({
    id,
    type: 'custom_tool_call',
    call_id: callId,
    name: tool.name,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
    input,
  })
  const place = output.open('ctc', (id) => toItem(id, ''))
  return {
    // The text is known once its JSON string is whole.
    delta() {},
    end(args) {
      const input = toCustomInput(args)
      if (input !== '') output.emit({ type: 'response.custom_tool_call_input.delta', ...place, delta: input })
      output.emit({ type: 'response.custom_tool_call_input.done', ...place, input })
      output.done(place, toItem(place.item_id, input))
    },
  }
}

function toCustomInput(args: string): string {
  try {
    const { input } = JSON.parse(args) as { input?: unknown }
    return typeof input === 'string' ? input : args
  } catch {
    return args
  }
}
