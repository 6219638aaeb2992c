import { z } from 'zod'
import { option } from './option.ts'
import { presetNames } from './presets.ts'
import { switchedOn, whole } from './values.ts'

/** Settings of the OpenAI-compatible routes, and of the proxy that has them alone. */
export const proxyOptions = {
  toolCallConversion: option({
    env: 'ENABLE_TOOL_CALL_CONVERSION',
    flag: '--tool-call-conversion [on]',
    allowed: 'true or false',
    help: 'make calls of what models write as text, on the OpenAI-compatible routes',
    schema: switchedOn.default(true),
  }),
  maxBody: option({
    env: 'PROXY_MAX_BODY',
    flag: '--max-body <bytes>',
    allowed: 'a whole number of bytes, 1 or more',
    help: 'longest request body on the OpenAI-compatible routes, in bytes',
    schema: whole.pipe(z.number().positive()).default(20 * 1024 * 1024),
  }),
  preset: option({
    env: 'PROXY_PRESET',
    flag: '--preset <name>',
    allowed: 'vllm, lmstudio, ollama, llamacpp or openai',
    help: "address of the proxy's model server, by its kind",
    unset: 'none',
    commands: ['proxy'],
    schema: z.string().toLowerCase().pipe(z.enum(presetNames)).optional(),
  }),
  backendHost: option({
    env: 'BACKEND_HOST',
    flag: '--backend-host <name>',
    allowed: 'a host name or address',
    help: "the proxy's model server",
    unset: "the preset's, else `localhost`",
    commands: ['proxy'],
    schema: z
      .string()
      .regex(/^[^\s/@]+$/)
      .optional(),
  }),
  backendPort: option({
    env: 'BACKEND_PORT',
    flag: '--backend-port <number>',
    allowed: 'a port from 1 to 65535',
    help: "port of the proxy's model server",
    unset: "the preset's, else `8888`",
    commands: ['proxy'],
    schema: whole.pipe(z.number().min(1).max(65_535)).optional(),
  }),
  backendProtocol: option({
    env: 'BACKEND_PROTOCOL',
    flag: '--backend-protocol <name>',
    allowed: 'http or https',
    help: "protocol of the proxy's model server",
    unset: "the preset's, else `http`",
    commands: ['proxy'],
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['http', 'https']))
      .optional(),
  }),
  proxyHost: option({
    env: 'PROXY_HOST',
    flag: '--proxy-host <address>',
    allowed: 'an address or name to listen on',
    help: 'address that the proxy listens on',
    commands: ['proxy'],
    schema: z.string().min(1).default('127.0.0.1'),
  }),
  proxyPort: option({
    env: 'PROXY_PORT',
    flag: '--proxy-port <number>',
    allowed: 'a port from 0 to 65535 (0: any free one)',
    help: 'port that the proxy listens on',
    commands: ['proxy'],
    schema: whole.pipe(z.number().min(0).max(65_535)).default(5000),
  }),
}
