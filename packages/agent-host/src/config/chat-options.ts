import { z } from 'zod'
import { option } from './option.ts'
import { promptVariables } from './prompt-variables.ts'
import { whole } from './values.ts'

/** Settings of what models are told first, and of what is written down of what they say. */
export const chatOptions = {
  promptsDir: option({
    env: 'PROMPTS_DIR',
    flag: '--prompts-dir <folder>',
    allowed: 'a folder with files such as default.md',
    help: 'instructions as templates, for each endpoint and model',
    unset: 'none',
    schema: z.string().min(1).optional(),
  }),
  promptVariables: option({
    env: 'PROMPT_VARIABLES',
    allowed: 'an object of texts, named with letters, digits and "_", none of them like a built-in variable',
    help: 'variables of your own for these templates',
    unset: 'none',
    schema: promptVariables.default({}),
  }),
  chatLog: option({
    env: 'CHAT_LOG',
    flag: '--chat-log <file>',
    allowed: 'a file, or off',
    help: 'file with one JSON line for each turn; a relative path lies in DATA_DIR',
    schema: z.string().min(1).default('chat_log.jsonl'),
  }),
  chatLogMaxSize: option({
    env: 'CHAT_LOG_MAX_SIZE',
    flag: '--chat-log-max-size <bytes>',
    allowed: 'a whole number of bytes, 1 or more',
    help: 'size at which the chat log is put aside, in bytes',
    schema: whole.pipe(z.number().positive()).default(10 * 1024 * 1024),
  }),
  chatLogKeep: option({
    env: 'CHAT_LOG_KEEP',
    flag: '--chat-log-keep <count>',
    allowed: 'a whole number from 0 to 1000',
    help: 'how many full chat logs are kept',
    schema: whole.pipe(z.number().min(0).max(1000)).default(5),
  }),
}
