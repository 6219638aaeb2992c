import { acceptedContent, completable, inputRequired, type McpServer } from '@modelcontextprotocol/server'
import * as z from 'zod/v4'
import { pixel } from './content-tools.ts'

/** Prompts with and without arguments, one of which completes, and one that asks first. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Says something.' }, async () => say('A simple prompt.'))
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'Says its arguments.',
      argsSchema: z.object({ arg1: completable(z.string(), complete), arg2: z.string() }),
    },
    async ({ arg1, arg2 }) => say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Embeds a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => {
      const resource = { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded.' }
      return {
        messages: [{ role: 'user', content: { type: 'resource', resource } }, ...say('Please read it.').messages],
      }
    },
  )
  server.registerPrompt('test_prompt_with_image', { description: 'Shows an image.' }, async () => ({
    messages: [
      { role: 'user', content: { type: 'image', data: pixel, mimeType: 'image/png' } },
      ...say('Please look at it.').messages,
    ],
  }))
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks first.' }, async ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_context', schema)
    if (answer !== undefined) return say(`The context is ${answer.context}.`)
    const request = { message: 'What context should the prompt use?', requestedSchema: schema }
    return inputRequired({ inputRequests: { user_context: inputRequired.elicit(request) } })
  })
}

const schema = z.object({ context: z.string() })

function complete(start = ''): string[] {
  return ['paris', 'park', 'party'].filter((each) => each.startsWith(start))
}

function say(text: string) {
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] }
}
