import OpenAI from 'openai'
import type { RunnableToolFunctionWithoutParse } from 'openai/lib/RunnableFunction'
import { testConversations } from './test-conversations.ts'
import { type Heard, question, runTool, toolSchemas } from './conversation.ts'

testConversations(async (baseURL, model) => {
  const client = new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0 })
  const heard: Heard = { said: [], calls: [] }
  const tools = Object.entries(toolSchemas).map(([name, schema]): RunnableToolFunctionWithoutParse => ({
    type: 'function',
    function: {
      ...schema,
      name,
      function: (args) => {
        heard.calls.push({ name, arguments: args })
        return runTool(name, JSON.parse(args))
      },
    },
  }))
  const runner = client.chat.completions.runTools({
    model,
    stream: true,
    messages: [{ role: 'user', content: question }],
    tools,
  })
  await runner.done()
  for (const message of runner.messages) {
    if (message.role === 'assistant') heard.said.push(typeof message.content === 'string' ? message.content : '')
  }
  return heard
})
