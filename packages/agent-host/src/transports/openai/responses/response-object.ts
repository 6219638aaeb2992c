import type OpenAI from 'openai'
import type { RunUsage } from '../../../agent/run-result.ts'
import type { Usage } from '../../../core/events.ts'
import type { ResponseObject } from './response-events.ts'

/** What a Response repeats of its request, and what it is known by. */
export type ResponseHead = Partial<ResponseObject> & Pick<ResponseObject, 'id' | 'model' | 'created_at' | 'status'>

/** A Response in which nothing was said yet: every key is there, null where there is nothing to say. */
export function toResponseObject(head: ResponseHead): ResponseObject {
  return {
    object: 'response',
    completed_at: null,
    incomplete_details: null,
    previous_response_id: null,
    instructions: null,
    output: [],
    error: null,
    tools: [],
    tool_choice: 'auto',
    truncation: 'disabled',
    parallel_tool_calls: true,
    text: { format: { type: 'text' } },
    // Clients want numbers here, also where the model server's own defaults hold.
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    temperature: 1,
    reasoning: { effort: null, summary: null },
    usage: null as unknown as OpenAI.Responses.ResponseUsage,
    max_output_tokens: null,
    max_tool_calls: null,
    store: true,
    background: false,
    service_tier: 'default',
    metadata: {},
    safety_identifier: null,
    prompt_cache_key: null,
    access_programs: null,
    ...head,
  }
}

export function toResponseUsage(usage: Usage): OpenAI.Responses.ResponseUsage {
  return {
    ...toUsage({
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      total_tokens: usage.totalTokens,
    }),
    input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  } as OpenAI.Responses.ResponseUsage
}

/** Tokens under the names that the Responses API has for them, without their kinds. */
export function toUsage(usage: RunUsage): Record<string, unknown> {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.total_tokens,
  }
}
