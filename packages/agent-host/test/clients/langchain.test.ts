import { type AIMessageChunk, type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { type Heard, question, runTool, toolSchemas } from './conversation.ts'
import { testConversations } from './test-conversations.ts'

testConversations(async (baseURL, model) => {
  const chat = new ChatOpenAI({ model, apiKey: 'k', maxRetries: 0, streaming: true, configuration: { baseURL } })
  const bound = chat.bindTools(
    Object.entries(toolSchemas).map(([name, schema]) => ({ type: 'function', function: { name, ...schema } })),
  )
  const heard: Heard = { said: [], calls: [] }
  const messages: BaseMessage[] = [new HumanMessage(question)]
  while (true) {
    let answer: AIMessageChunk | undefined
    for await (const chunk of await bound.stream(messages)) answer = answer ? answer.concat(chunk) : chunk
    if (!answer) throw new Error('no chunk came')
    messages.push(answer)
    heard.said.push(answer.text)
    for (const { name = '', args = '' } of answer.tool_call_chunks ?? []) heard.calls.push({ name, arguments: args })
    const calls = answer.tool_calls ?? []
    if (calls.length === 0) return heard
    for (const { id = '', name, args } of calls) {
      messages.push(new ToolMessage({ tool_call_id: id, content: runTool(name, args) }))
    }
  }
})
