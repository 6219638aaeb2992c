import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { type Heard, question, runTool, toolSchemas } from './conversation.ts'
import { testConversations } from './test-conversations.ts'

testConversations(async (baseURL, model) => {
  const provider = createOpenAICompatible({ name: 'proxy', baseURL, apiKey: 'k' })
  const heard: Heard = { said: [], calls: [] }
  const tools = Object.fromEntries(
    Object.entries(toolSchemas).map(([name, { description, parameters }]) => [
      name,
      tool({ description, inputSchema: jsonSchema(parameters), execute: async (args) => runTool(name, args) }),
    ]),
  )
  const result = streamText({
    model: provider(model),
    prompt: question,
    tools,
    stopWhen: stepCountIs(5),
    maxRetries: 0,
  })
  const inputs = new Map<string, Heard['calls'][number]>()
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'start-step') heard.said.push('')
    if (part.type === 'text-delta') heard.said.push((heard.said.pop() ?? '') + part.text)
    if (part.type === 'tool-input-start') {
      const call = { name: part.toolName, arguments: '' }
      inputs.set(part.id, call)
      heard.calls.push(call)
    }
    const input = part.type === 'tool-input-delta' ? inputs.get(part.id) : undefined
    if (input && part.type === 'tool-input-delta') input.arguments += part.delta
  }
  return heard
})
