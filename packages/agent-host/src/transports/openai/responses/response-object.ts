import type OpenAI from 'openai'
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
    top_p: null,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    temperature: null,
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
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.totalTokens,
  } as OpenAI.Responses.ResponseUsage
}
