// The least there is to an agent: one question, the events as they come, the answer.
//   node examples/basic-agent.ts "What time is it in Seoul?"
import { createAgentHost, userMessage } from 'agent-host'

const question = process.argv[2] ?? 'What time is it in Seoul?'

const agent = await createAgentHost()
try {
  for await (const event of agent.run({ messages: [userMessage(question)] })) {
    if (event.type === 'tool-start') console.error(`calls ${event.call.name} with ${event.call.arguments}`)
    if (event.type === 'text-delta') process.stdout.write(event.text)
    if (event.type === 'error') console.error(event.error.message)
  }
  process.stdout.write('\n')
} finally {
  await agent.close()
}
