import { z } from 'zod'
import { apiKeys } from './api-key.ts'
import { chatOptions } from './chat-options.ts'
import { option } from './option.ts'
import { proxyOptions } from './proxy-options.ts'
import { runOptions } from './run-options.ts'
import { storeOptions } from './store-options.ts'
import {
  chatMode,
  list,
  logLevel,
  numeric,
  origins,
  seconds,
  serverUrl,
  switchedOn,
  toolActivity,
  whole,
} from './values.ts'

/** Every setting of agent-host. Units are in the help; defaults are in the schema. */
export const options = {
  baseUrl: option({
    env: 'VLLM_BASE_URL',
    flag: '--base-url <url>',
    allowed: 'an http or https URL without a user name or password',
    help: 'model server, with or without /v1',
    unset: 'looked for on the usual local ports',
    schema: serverUrl.optional(),
  }),
  model: option({
    env: 'VLLM_MODEL',
    flag: '--model <name>',
    allowed: 'the id of a model that the server has',
    help: 'model to use',
    unset: "the server's only model",
    schema: z.string().min(1).optional(),
  }),
  apiKey: option({
    env: 'VLLM_API_KEY',
    allowed: 'a key without line breaks',
    help: 'key sent to the model server as a bearer token',
    unset: 'none sent',
    secret: true,
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .optional(),
  }),
  maxTokens: option({
    env: 'VLLM_MAX_TOKENS',
    flag: '--max-tokens <count>',
    allowed: 'a whole number of tokens, 1 or more',
    help: 'most tokens in one model turn',
    unset: "the model server's own",
    schema: whole.pipe(z.number().positive()).optional(),
  }),
  temperature: option({
    env: 'VLLM_TEMPERATURE',
    flag: '--temperature <number>',
    allowed: 'a number from 0 to 2',
    help: 'sampling temperature',
    unset: "the model server's own",
    schema: numeric.pipe(z.number().min(0).max(2)).optional(),
  }),
  environment: option({
    env: 'ENV',
    allowed: 'development, production or testing',
    help: 'kind of deployment',
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['development', 'production', 'testing']))
      .default('development'),
  }),
  host: option({
    env: 'HOST',
    flag: '--host <address>',
    allowed: 'an address or name to listen on',
    help: 'address to listen on',
    schema: z.string().min(1).default('127.0.0.1'),
  }),
  port: option({
    env: 'PORT',
    flag: '--port <number>',
    allowed: 'a port from 0 to 65535 (0: any free one)',
    help: 'port to listen on',
    schema: whole.pipe(z.number().min(0).max(65_535)).default(8080),
  }),
  logLevel: option({
    env: 'LOG_LEVEL',
    flag: '--log-level <level>',
    allowed: 'DEBUG, INFO, WARNING, ERROR, CRITICAL or SILENT, in any case',
    help: 'least severe messages to log',
    schema: logLevel.default('info'),
  }),
  requestTimeout: option({
    env: 'REQUEST_TIMEOUT',
    flag: '--request-timeout <seconds>',
    allowed: 'seconds, above 0 and at most 86400',
    help: 'seconds for one whole run, model turns and tools together; of silence, in the proxy',
    schema: seconds.default(300),
  }),
  toolTimeout: option({
    env: 'TOOL_TIMEOUT',
    flag: '--tool-timeout <seconds>',
    allowed: 'seconds, above 0 and at most 86400',
    help: 'seconds for one tool call',
    schema: seconds.default(60),
  }),
  shutdownTimeout: option({
    env: 'SHUTDOWN_TIMEOUT',
    flag: '--shutdown-timeout <seconds>',
    allowed: 'seconds, 0 or more and at most 3600',
    help: 'seconds that runs may still take once the service is told to stop',
    schema: numeric.pipe(z.number().min(0).max(3600)).default(10),
  }),
  maxSteps: option({
    env: 'MAX_STEPS',
    flag: '--max-steps <count>',
    allowed: 'a whole number from 1 to 1000',
    help: 'most model turns in one run',
    schema: whole.pipe(z.number().min(1).max(1000)).default(20),
  }),
  parallelToolCalls: option({
    env: 'PARALLEL_TOOL_CALLS',
    flag: '--parallel-tool-calls [on]',
    allowed: 'true or false',
    help: 'let the model make several calls in one turn',
    schema: switchedOn.default(false),
  }),
  systemPrompt: option({
    env: 'SYSTEM_PROMPT',
    flag: '--system-prompt <text>',
    allowed: 'a text that is not empty',
    help: 'instructions put before every conversation',
    unset: 'a short one of our own',
    schema: z.string().min(1).optional(),
  }),
  chatMode: option({
    env: 'CHAT_MODE',
    flag: '--chat-mode <mode>',
    allowed: 'agent, llm or rag',
    help: 'what POST /chat runs: the agent, the model without tools, or answers from a knowledge store',
    schema: chatMode.default('agent'),
  }),
  toolActivity: option({
    env: 'AGENT_TOOL_ACTIVITY',
    flag: '--tool-activity <form>',
    allowed: 'reasoning, tool_calls or none',
    help: 'how chat completions of the model `agent` show what its tools do',
    schema: toolActivity.default('reasoning'),
  }),
  allowedOrigins: option({
    env: 'ALLOWED_ORIGINS',
    flag: '--allowed-origins <list>',
    allowed: 'origins such as http://localhost:5173, as a comma list or a JSON array',
    help: 'web origins that may call the service from a browser',
    schema: origins.default(['http://localhost:5173']),
  }),
  allowedHosts: option({
    env: 'ALLOWED_HOSTS',
    flag: '--allowed-hosts <list>',
    allowed: 'host names such as agent.example.com, as a comma list or a JSON array',
    help: 'Host headers answered besides loopback names and HOST',
    unset: 'none',
    schema: list.default([]),
  }),
  apiKeys: option({
    env: 'API_KEYS',
    allowed: 'entries as `agent-host keys create` prints them, as a JSON array, each name once',
    help: 'API keys that callers must have one of, hashed',
    unset: 'none asked for',
    hidden: true,
    schema: apiKeys.default([]),
  }),
  apiKeysFile: option({
    env: 'API_KEYS_FILE',
    flag: '--api-keys-file <file>',
    allowed: 'a JSON file with an array of such entries',
    help: 'more API keys',
    unset: 'none',
    schema: z.string().min(1).optional(),
  }),
  allowAnonymous: option({
    env: 'ALLOW_ANONYMOUS',
    flag: '--allow-anonymous [on]',
    allowed: 'true or false',
    help: 'listen beyond this machine even without API keys, for whoever can connect',
    schema: switchedOn.default(false),
  }),
  ...proxyOptions,
  ...storeOptions,
  ...runOptions,
  ...chatOptions,
  httpAllow: option({
    env: 'HTTP_ALLOW',
    flag: '--http-allow <rules>',
    allowed: "rules of the bundled tools' http_request",
    help: 'rules handed to the bundled http_request tool',
    unset: 'public addresses, safe methods',
    schema: z.string().min(1).optional(),
  }),
  dialects: option({
    env: 'DIALECTS',
    flag: '--dialects <files>',
    allowed: 'module files, as a comma list or a JSON array',
    help: 'dialects of your own',
    unset: 'none',
    schema: list.default([]),
  }),
  mcpConfig: option({
    env: 'MCP_CONFIG',
    flag: '--mcp-config <file>',
    allowed: 'a JSON file with mcpServers, as Claude Desktop has it',
    help: 'MCP servers to take tools from',
    unset: 'the bundled mcp-tools',
    schema: z.string().min(1).optional(),
  }),
  allowedMcpServers: option({
    env: 'ALLOWED_MCP_SERVERS',
    flag: '--allowed-mcp-servers <list>',
    allowed: 'rules as HTTP_ALLOW has them, as a comma list or a JSON array',
    help: 'MCP servers that requests to /v1/responses may name by server_url',
    unset: 'none',
    schema: list.default([]),
  }),
}

export type OptionName = keyof typeof options

/** All settings, valid and typed; read-only once loaded. */
export type Settings = Readonly<{ [Name in OptionName]: z.output<(typeof options)[Name]['schema']> }>
