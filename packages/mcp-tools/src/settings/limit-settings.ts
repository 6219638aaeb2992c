import * as z from 'zod/v4'
import { numberSetting, type Setting } from './setting.ts'

const mostPerSecond = 10_000
const expectedRate = `expected a number from 0.01 to ${mostPerSecond}`

/** How much http_request may send and keep. */
export const limitSettings = {
  maxRequestBytes: numberSetting({
    env: 'HTTP_MAX_REQUEST_BYTES',
    key: 'maxRequestBytes',
    unit: 'bytes',
    min: 1,
    max: 100_000_000,
    default: 1_000_000,
    description: 'most of a request body, files included',
  }),
  maxAttempts: numberSetting({
    env: 'HTTP_MAX_ATTEMPTS',
    key: 'maxAttempts',
    unit: 'requests',
    min: 1,
    max: 10,
    default: 3,
    description: 'how often a request that may be repeated is sent at most; 1 never repeats',
  }),
  requestsPerSecond: {
    env: 'HTTP_REQUESTS_PER_SECOND',
    key: 'requestsPerSecond',
    type: 'requests',
    default: '10 to a host that no rule lists',
    description: 'requests a second to one host, on average; more wait',
    schema: z.number(expectedRate).min(0.01, expectedRate).max(mostPerSecond, expectedRate).optional(),
    fromText: Number,
  },
  requestBurst: numberSetting({
    env: 'HTTP_REQUEST_BURST',
    key: 'requestBurst',
    unit: 'requests',
    min: 1,
    max: 10_000,
    default: 20,
    description: 'requests to one host at once, after a pause',
  }),
  connectionsPerHost: numberSetting({
    env: 'HTTP_CONNECTIONS_PER_HOST',
    key: 'connectionsPerHost',
    unit: 'connections',
    min: 1,
    max: 128,
    default: 16,
    description: 'requests to one host at a time; more wait',
  }),
  unlistedPerMinute: numberSetting({
    env: 'HTTP_UNLISTED_PER_MINUTE',
    key: 'unlistedPerMinute',
    unit: 'requests',
    min: 1,
    max: 1_000_000,
    default: 600,
    description: 'requests a minute to all hosts together that no rule lists',
  }),
  maxCacheBytes: numberSetting({
    env: 'HTTP_CACHE_BYTES',
    key: 'maxCacheBytes',
    unit: 'bytes',
    min: 0,
    max: 1_000_000_000,
    default: 16_000_000,
    description: 'answers kept in memory for later calls; 0 keeps none',
  }),
} as const satisfies Record<string, Setting>
