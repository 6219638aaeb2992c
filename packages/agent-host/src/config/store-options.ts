import { z } from 'zod'
import { option } from './option.ts'

/** The data folder of those who want nothing kept. */
export const inMemory = ':memory:'

/** Settings of where sessions and runs are kept. */
export const storeOptions = {
  dataDir: option({
    env: 'DATA_DIR',
    flag: '--data-dir <folder>',
    allowed: 'a folder, or :memory:',
    help: 'folder for sessions and runs; :memory: keeps nothing',
    schema: z.string().min(1).default('./.agent-host'),
  }),
  responsesSecret: option({
    env: 'RESPONSES_SECRET',
    allowed: 'a text of 32 characters or more',
    help: 'what seals reasoning and compactions that clients of the Responses API carry; the same on every replica',
    unset: 'made once, in DATA_DIR',
    secret: true,
    schema: z.string().min(32).optional(),
  }),
  redisUrl: option({
    env: 'REDIS_URL',
    allowed: 'a redis:// or rediss:// URL',
    help: 'Redis that several replicas share',
    unset: 'none',
    secret: true,
    schema: z.url({ protocol: /^rediss?$/ }).optional(),
  }),
  redisPrefix: option({
    env: 'REDIS_PREFIX',
    flag: '--redis-prefix <text>',
    allowed: 'a text without spaces and braces',
    help: 'what every key in Redis begins with',
    schema: z
      .string()
      .regex(/^[^\s{}]*$/)
      .default('agent-host:'),
  }),
  databaseUrl: option({
    env: 'DATABASE_URL',
    allowed: 'a postgres:// or postgresql:// URL',
    help: 'PostgreSQL that keeps sessions and runs, for several replicas',
    unset: 'none',
    secret: true,
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  }),
}
