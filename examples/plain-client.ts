// A client without any library, for the HTTP service of `agent-host serve`.
//   node examples/plain-client.ts "현재 서울 시간을 알려줘"
const url = process.env.AGENT_URL ?? 'http://127.0.0.1:8080'

const response = await fetch(`${url}/api/chat`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: process.argv[2] ?? 'What time is it in Seoul?' }),
})
const answer = (await response.json()) as { content?: string; error?: { message: string } }
console.log(answer.content ?? answer.error?.message)
