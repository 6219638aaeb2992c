import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type InputRequest,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod/v4'

type Elicitation = Parameters<typeof inputRequired.elicit>[0]

const askName = toForm('What is your name?', { name: { type: 'string' } })
const askRoots = inputRequired.listRoots()

/** Tools that ask the client for something: at once in the protocol of 2025, over a second call in that of 2026. */
export function registerAskingTools(server: McpServer, states: RequestStateCodec<string>): void {
  registerForms(server)
  registerAsking(server, 'test_input_required_result_elicitation', { user_name: askName })
  registerAsking(server, 'test_streaming_elicitation', { user_name: askName })
  registerAsking(server, 'test_input_required_result_sampling', {
    capital_question: toSampling('What is the capital of France?'),
  })
  registerAsking(server, 'test_input_required_result_list_roots', { client_roots: askRoots })
  const several = { user_name: askName, greeting: toSampling('Generate a greeting'), client_roots: askRoots }
  registerAsking(server, 'test_input_required_result_multiple_inputs', several, states)
  const confirm = toForm('Please confirm', { ok: { type: 'boolean' } })
  registerAsking(server, 'test_input_required_result_request_state', { confirm }, states)
  registerAsking(server, 'test_input_required_result_tampered_state', { confirm }, states)
  registerSteps(server, states)
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks what it may.' },
    async (context) => {
      const envelope: Readonly<Record<string, unknown>> = context.mcpReq.envelope ?? {}
      const able = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as { elicitation?: object; sampling?: object }
      return inputRequired({
        inputRequests: {
          ...(able.elicitation !== undefined && { user_name: askName }),
          ...(able.sampling !== undefined && { greeting: toSampling('Generate a greeting') }),
        },
      })
    },
  )
}

/** A tool that asks until every answer has come, with the word `state-ok` where its state came back. */
function registerAsking(
  server: McpServer,
  name: string,
  inputRequests: Readonly<Record<string, InputRequest>>,
  states?: RequestStateCodec<string>,
): void {
  server.registerTool(name, { description: name }, async (context) => {
    const hasState = states === undefined || context.mcpReq.requestState() === name
    if (hasState && hasAnswers(context, Object.keys(inputRequests))) {
      const text = `${states === undefined ? '' : 'state-ok '}${JSON.stringify(context.mcpReq.inputResponses)}`
      return { content: [{ type: 'text', text }] }
    }
    const requestState = await states?.mint(name, context)
    return inputRequired({
      inputRequests: { ...inputRequests },
      ...(requestState !== undefined && { requestState }),
    })
  })
}

function hasAnswers({ mcpReq }: ServerContext, keys: readonly string[]): boolean {
  return keys.every((key) => inputResponse(mcpReq.inputResponses, key).kind !== 'missing')
}

function registerSteps(server: McpServer, states: RequestStateCodec<string>): void {
  const askColor = toForm('Step 2: What is your favorite color?', { color: { type: 'string' } })
  server.registerTool('test_input_required_result_multi_round', { description: 'Asks twice.' }, async (context) => {
    const { inputResponses } = context.mcpReq
    const reached = context.mcpReq.requestState<string>()
    if (reached === 'two' && acceptedContent(inputResponses, 'step2') !== undefined) {
      return { content: [{ type: 'text', text: 'Both steps are done.' }] }
    }
    const isPast = reached === 'two' || (reached === 'one' && acceptedContent(inputResponses, 'step1') !== undefined)
    return isPast
      ? inputRequired({ inputRequests: { step2: askColor }, requestState: await states.mint('two', context) })
      : inputRequired({ inputRequests: { step1: askName }, requestState: await states.mint('one', context) })
  })
}

/** The tools that the suite calls in the protocol of 2025. */
function registerForms(server: McpServer): void {
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user.', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, context) =>
      ask(context, toForm(message, { username: { type: 'string' }, email: { type: 'string' } })),
  )
  server.registerTool(
    'test_sampling',
    { description: 'Asks the model.', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, context) => ask(context, toSampling(prompt)),
  )
  server.registerTool('test_elicitation_sep1034_defaults', { description: 'Asks with defaults.' }, async (context) =>
    ask(context, toForm('Please review', defaults, [])),
  )
  server.registerTool('test_elicitation_sep1330_enums', { description: 'Asks to choose.' }, async (context) =>
    ask(context, toForm('Please choose', enums, [])),
  )
}

function ask({ mcpReq }: ServerContext, request: InputRequest) {
  if (inputResponse(mcpReq.inputResponses, 'asked').kind === 'missing') {
    return inputRequired({ inputRequests: { asked: request } })
  }
  return { content: [{ type: 'text' as const, text: `Answered ${JSON.stringify(mcpReq.inputResponses)}` }] }
}

function toForm(message: string, properties: object, required = Object.keys(properties)): InputRequest {
  const requestedSchema = { type: 'object', properties, required } as Elicitation['requestedSchema']
  return inputRequired.elicit({ message, requestedSchema })
}

function toSampling(text: string): InputRequest {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 100 })
}

const defaults = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
}

const titled = ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title }))
const options = ['option1', 'option2', 'option3']

const enums = {
  untitledSingle: { type: 'string', enum: options },
  titledSingle: { type: 'string', oneOf: titled },
  legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
  untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
  titledMulti: { type: 'array', items: { anyOf: titled } },
}
