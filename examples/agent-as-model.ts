// The agent as a model, for the plain OpenAI client: its own tool runs here, the tools of MCP servers run in the service.
//   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 node examples/agent-as-model.ts
// Both have an http_request; the client's stands first, as only this program has the page that is asked for.
import OpenAI from 'openai'

const pages: Readonly<Record<string, string>> = { 'http://places.test/': 'Free places: 7' }

const client = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:8080/v1',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
})
const tools: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: 'function',
    function: {
      name: 'http_request',
      description: 'Reads a page.',
      parameters: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
    },
  },
]
const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: process.argv[2] ?? 'What time is it in Seoul, and what does http://places.test/ say?' },
]

for (let turn = 0; turn < 5; turn++) {
  const stream = client.chat.completions.stream({ model: 'agent', messages, tools })
  stream.on('chunk', ({ choices }) => {
    const delta = choices[0]?.delta as { content?: string; reasoning_content?: string } | undefined
    process.stderr.write(delta?.reasoning_content ?? '')
    process.stdout.write(delta?.content ?? '')
  })
  const { message } = (await stream.finalChatCompletion()).choices[0] ?? {}
  if (!message) break
  messages.push(message)
  const calls = message.tool_calls?.filter((call) => call.type === 'function') ?? []
  if (calls.length === 0) break
  for (const { id, function: called } of calls) {
    const { url } = JSON.parse(called.arguments) as { url: string }
    console.error(`${url} is read here`)
    messages.push({ role: 'tool', tool_call_id: id, content: pages[url] ?? 'There is no such page.' })
  }
}
process.stdout.write('\n')
