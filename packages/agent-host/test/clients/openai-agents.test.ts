import { Agent, OpenAIChatCompletionsModel, run, setTracingDisabled, tool } from '@openai/agents'
import OpenAI from 'openai'
import { type Heard, question, runTool, toolSchemas } from './conversation.ts'
import { testConversations } from './test-conversations.ts'

setTracingDisabled(true)

testConversations(async (baseURL, model) => {
  const client = new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0 })
  const tools = Object.entries(toolSchemas).map(([name, { description, parameters }]) =>
    tool({
      name,
      description,
      parameters,
      strict: true,
      execute: (args) => runTool(name, args),
    }),
  )
  const agent = new Agent({ name: 'tester', model: new OpenAIChatCompletionsModel(client, model), tools })
  const result = await run(agent, question, { stream: true })
  const heard: Heard = { said: [], calls: [] }
  for await (const event of result) {
    if (event.type !== 'raw_model_stream_event' || event.data.type !== 'response_done') continue
    heard.said.push('')
    for (const item of event.data.response.output) {
      if (item.type === 'message') {
        const text = item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('')
        heard.said.push((heard.said.pop() ?? '') + text)
      }
      if (item.type === 'function_call') heard.calls.push({ name: item.name, arguments: item.arguments })
    }
  }
  await result.completed
  return heard
})
