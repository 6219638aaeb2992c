// The plain OpenAI client against `agent-host proxy` (or `serve`): its own tool, called by whatever the model server has.
//   OPENAI_BASE_URL=http://127.0.0.1:5000/v1 node examples/openai-client.ts "What time is it in Seoul?"
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:5000/v1',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
})
const tools: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: 'function',
    function: {
      name: 'time_now',
      description: 'The current time in a time zone.',
      parameters: { type: 'object', properties: { timezone: { type: 'string' } }, required: ['timezone'] },
    },
  },
]

const { data: models } = await client.models.list()
const model = models[0]?.id ?? ''
const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: process.argv[2] ?? 'What time is it in Seoul?' },
]
for (let turn = 0; turn < 5; turn++) {
  const stream = client.chat.completions.stream({ model, messages, tools })
  stream.on('content', (piece) => process.stdout.write(piece))
  const { message } = (await stream.finalChatCompletion()).choices[0] ?? {}
  if (!message) break
  messages.push(message)
  const calls = message.tool_calls?.filter((call) => call.type === 'function') ?? []
  if (calls.length === 0) break
  for (const { id, function: called } of calls) {
    console.error(`calls ${called.name} with ${called.arguments}`)
    const { timezone } = JSON.parse(called.arguments) as { timezone: string }
    const content = new Date().toLocaleString('en-GB', { timeZone: timezone, timeZoneName: 'long' })
    messages.push({ role: 'tool', tool_call_id: id, content })
  }
}
process.stdout.write('\n')
